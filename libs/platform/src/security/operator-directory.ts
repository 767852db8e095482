import { CatchUpSubscription } from '@openclaw/consumers';
import { domainCodec, isOperatorEvent } from '@openclaw/contracts';
import { type Operator, type OperatorEvent, type Role, evolveOperator, operator } from '@openclaw/domain';
import type { EventLog, FollowBatch } from '@openclaw/event-log';
import { hashToken } from './token';

/** An authenticated operator. */
export interface Principal {
  readonly operatorId: string;
  readonly name: string;
  readonly roles: readonly Role[];
}

/** Who may call, as the log says: follows operator events and knows the hash of every operator's token. */
export class OperatorDirectory {
  readonly #operators = new Map<string, Operator>();
  readonly #byTokenHash = new Map<string, string>();
  readonly #subscription: CatchUpSubscription;

  constructor(log: EventLog) {
    this.#subscription = new CatchUpSubscription({ log, after: 'beginning', handle: (batch) => this.#fold(batch) });
  }

  /** Resolves when everything up to now is folded; call before the port opens. */
  ready(signal: AbortSignal): Promise<void> {
    return this.#subscription.caughtUp(signal);
  }

  /** The operator whose token this is; undefined for anybody else. */
  authenticate(token: string): Principal | undefined {
    const found = this.#operators.get(this.#byTokenHash.get(hashToken(token)) ?? '');
    return found?.status === 'active'
      ? { operatorId: found.operatorId, name: found.name, roles: found.roles }
      : undefined;
  }

  stop(): Promise<void> {
    return this.#subscription.stop();
  }

  #fold(batch: FollowBatch): void {
    for (const entry of batch.entries) {
      if (entry.kind !== 'event' || !entry.event.stream.startsWith('operator/')) continue;
      const decoded = domainCodec.decode(entry.event.type, entry.event.data);
      if (decoded.understood && isOperatorEvent(decoded.event)) this.#apply(entry.event.stream, decoded.event);
      else this.#forget(entry.event.stream);
    }
  }

  #apply(stream: string, event: OperatorEvent): void {
    const before = this.#operators.get(stream) ?? operator.initialState;
    const next = evolveOperator(before, event);
    if (before.status !== 'unknown') this.#byTokenHash.delete(before.tokenHash);
    this.#operators.set(stream, next);
    if (next.status === 'active') this.#byTokenHash.set(next.tokenHash, stream);
  }

  /** A change of this operator that we cannot read: better no access than the access of yesterday. */
  #forget(stream: string): void {
    const known = this.#operators.get(stream);
    if (known !== undefined && known.status !== 'unknown') this.#byTokenHash.delete(known.tokenHash);
  }
}
