import { randomUUID } from 'node:crypto';
import { CatchUpSubscription } from '@openclaw/consumers';
import { TOPIC, domainCodec, isRedemptionEvent, parseStream, streamOf } from '@openclaw/contracts';
import { type Redemption, type RedemptionEvent, evolveRedemption, redemption } from '@openclaw/domain';
import {
  type EventLog,
  type FollowBatch,
  type Journal,
  type RecordedEvent,
  positionAt,
  streamName,
} from '@openclaw/event-log';
import { appendTraced } from '@openclaw/platform';

/** The claims on one code, and the revision of the newest. */
export interface Taken {
  readonly state: Redemption;
  readonly revision: number;
}

const NOTHING_TAKEN: Taken = { state: redemption.initialState, revision: 0 };

interface Followed {
  readonly journal: Journal;
  readonly log: EventLog;
  readonly source: string;
  readonly stopped: AbortSignal;
}

/** One partition of the redemptions topic, folded in memory. */
export class RedemptionPartition {
  readonly #taken = new Map<string, Taken>();
  /** Codes with a claim that this build cannot read. */
  readonly #quarantined = new Set<string>();
  readonly #subscription: CatchUpSubscription;

  private constructor(
    private readonly journal: Journal,
    private readonly log: EventLog,
    private readonly source: string,
    private readonly stopped: AbortSignal,
  ) {
    this.#subscription = new CatchUpSubscription({ log, after: 'beginning', handle: (batch) => this.#fold(batch) });
  }

  /** Resolves when everything up to now is folded. */
  static async follow({ journal, log, source, stopped }: Followed): Promise<RedemptionPartition> {
    const partition = new RedemptionPartition(journal, log, source, stopped);
    try {
      await partition.#subscription.caughtUp(stopped);
      return partition;
    } catch (error) {
      await partition.close();
      throw error;
    }
  }

  /** Undefined: a claim of a newer build is among them. */
  taken(codeId: string): Taken | undefined {
    if (this.#quarantined.size > 0 && this.#quarantined.has(codeId)) return undefined;
    return this.#taken.get(codeId) ?? NOTHING_TAKEN;
  }

  /** Resolves when everything is folded that the store says is on the log now. */
  async upToDate(signal: AbortSignal): Promise<void> {
    const { next } = await this.journal.bounds(signal);
    if (next > 0) await this.#subscription.reached(positionAt(next - 1), signal);
  }

  /** Resolves after the outcome, whichever it is, is folded. */
  async claim({ revision }: Taken, event: RedemptionEvent): Promise<boolean> {
    const { type, data } = domainCodec.encode(event);
    const result = await appendTraced(this.log, {
      topic: TOPIC.redemptions,
      stream: streamName(streamOf.redemption(event.data.codeId)),
      claim: revision + 1,
      event: { id: randomUUID(), type, time: new Date(event.data.at).toISOString(), source: this.source, data },
    });
    await this.#subscription.reached(this.log.head().position, this.stopped);
    return result.outcome === 'appended';
  }

  async close(): Promise<void> {
    await this.#subscription.stop();
    await this.log.close();
  }

  #fold({ entries }: FollowBatch): void {
    for (const entry of entries) if (entry.kind === 'event') this.#apply(entry.event);
  }

  #apply(recorded: RecordedEvent): void {
    const stream = parseStream(recorded.stream);
    if (stream?.kind !== 'redemption') return;
    const decoded = domainCodec.decode(recorded.type, recorded.data);
    if (!decoded.understood || !isRedemptionEvent(decoded.event)) {
      this.#quarantined.add(stream.id);
      return;
    }
    const { state } = this.#taken.get(stream.id) ?? NOTHING_TAKEN;
    this.#taken.set(stream.id, { state: evolveRedemption(state, decoded.event), revision: recorded.revision });
  }
}
