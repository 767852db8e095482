import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type EventLog, OutcomeUnknown, type Position, type StreamName } from '@openclaw/event-log';
import type { FreshLog } from '@openclaw/freshness';
import type { SeededRandom } from '../seeded-random';
import { aChange } from '../workload/clients';
import type { FollowedReader } from '../workload/followed-reader';
import type { ScopeView } from './scope-view';
import type { UnrulyJournal } from './unruly-journal';

const AT_ONCE = 8;

export interface Stage {
  readonly updater: FreshLog;
  readonly revoker: FreshLog;
  /** The network of the updater. */
  readonly net: UnrulyJournal;
  /** Streams whose records that network holds back. */
  readonly held: Set<string>;
  readonly random: SeededRandom;
  readonly views: readonly { readonly view: ScopeView; readonly reader: FollowedReader }[];
  /** MUTANT: the revocation claims the revision that the operator saw. */
  readonly claimedRevision: boolean;
}

/** For each code: an update is held back on the way, the operator revokes the code, the update arrives late and often. */
export class LateUpdates {
  readonly violations: string[] = [];

  constructor(private readonly stage: Stage) {}

  async playAll(codes: number): Promise<void> {
    let left = codes;
    const player = async (): Promise<void> => {
      while (left-- > 0) await this.#play();
    };
    await Promise.all(Array.from({ length: AT_ONCE }, player));
  }

  async #play(): Promise<void> {
    const { updater, revoker, net, held, random, claimedRevision } = this.stage;
    const stream = `code/${randomUUID()}` as StreamName;
    const last = random.between(1, 3);
    for (let revision = 1; revision <= last; revision += 1) {
      await appendSurely(updater.log, stream, revision, `narrow:${revision}:read`);
    }
    await revoker.log.barrier(AbortSignal.timeout(30_000));
    held.add(stream);
    const update = updater.log.append(stream, last + 1, aChange('updater', { scope: 'wide:*:*' })).catch(ifUnknown);
    while (!net.isHolding(stream)) await pause(1);
    // Half of the time the old update overtakes: it lands after the operator has looked and before the revocation.
    if (random.next() < 0.5) await net.deliver(stream);
    const claim = claimedRevision ? last + 1 : 'terminal';
    const revoked = await revoker.log.append(stream, claim, aChange('revoker', { revoke: 'yes' }));
    await net.deliver(stream);
    await net.deliver(stream);
    held.delete(stream);
    await update;
    if (revoked.outcome === 'appended') await this.#mustBeRevoked(stream, revoked.position);
    else this.violations.push(`I15: the revocation of ${stream} was refused because of an update`);
  }

  /** I12: a client that knows the position of the revocation never gets an older answer. */
  async #mustBeRevoked(stream: StreamName, position: Position): Promise<void> {
    for (const { view, reader } of this.stage.views) {
      await reader.reached(position);
      if (!view.isRevoked(stream)) this.violations.push(`I12: ${stream} is alive at or after ${position}`);
    }
  }
}

/** The same event until it is known to be in. */
const appendSurely = async (log: EventLog, stream: StreamName, revision: number, scope: string): Promise<void> => {
  const event = aChange('updater', { scope });
  for (;;) {
    const result = await log.append(stream, revision, event).catch(ifUnknown);
    if (result?.outcome === 'appended') return;
    for await (const known of log.readStream(stream, revision)) if (known.id === event.id) return;
  }
};

const ifUnknown = (error: unknown): undefined => {
  if (!(error instanceof OutcomeUnknown)) throw error;
  return undefined;
};
