import type { Operator, OperatorEvent, Role } from '@openclaw/domain';
import type { EventLog, Position } from '@openclaw/event-log';
import { operatorAggregate } from '../commands/aggregates';
import { type Followed, FollowedAggregates } from '../commands/followed-aggregates';
import { type TokenHash, equalTokenHashes, hashToken } from './token';

/** An authenticated operator. */
export interface Principal {
  readonly operatorId: string;
  readonly name: string;
  readonly roles: readonly Role[];
}

/** Who may call, as the log says: follows operator events and knows the hash of every operator's token. */
export class OperatorDirectory {
  readonly #byTokenHash = new Map<string, string>();
  readonly #operators: FollowedAggregates<Operator, OperatorEvent>;

  /** `hashOf` must be the one that the issuer hashes with, or nobody is known. */
  constructor(
    log: EventLog,
    private readonly hashOf: TokenHash = hashToken,
  ) {
    this.#operators = new FollowedAggregates(log, operatorAggregate, (before, after, id) =>
      this.#changed(before, after, id),
    );
  }

  /** Resolves when everything up to now is folded; call before the port opens. */
  ready(signal: AbortSignal): Promise<void> {
    return this.#operators.ready(signal);
  }

  /** Resolves when this process judges callers by everything up to `position`. */
  reached(position: Position, signal: AbortSignal): Promise<void> {
    return this.#operators.reached(position, signal);
  }

  /** The operator whose token this is; undefined for anybody else. */
  authenticate(token: string): Principal | undefined {
    const hash = this.hashOf(token);
    const found = this.#operators.get(this.#byTokenHash.get(hash) ?? '')?.state;
    // The look-up compares as it likes: what it meets is a hash, which a guesser cannot choose. The verdict does not.
    return found?.status === 'active' && equalTokenHashes(found.tokenHash, hash)
      ? { operatorId: found.operatorId, name: found.name, roles: found.roles }
      : undefined;
  }

  /** Every operator that this build understands, removed ones too. */
  list(): readonly Followed<Operator>[] {
    return this.#operators.list();
  }

  stop(): Promise<void> {
    return this.#operators.stop();
  }

  #changed(before: Operator, after: Operator | undefined, id: string): void {
    if (before.status !== 'unknown') this.#byTokenHash.delete(before.tokenHash);
    if (after?.status === 'active') this.#byTokenHash.set(after.tokenHash, id);
  }
}
