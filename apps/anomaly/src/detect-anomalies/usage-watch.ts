import { TOPIC, type UsageEvent, usageCodec } from '@openclaw/contracts';
import { CatchUpSubscription, type Lag } from '@openclaw/consumers';
import {
  type EventLog,
  type FollowBatch,
  type JournalStore,
  type LogHalted,
  type RecordedEvent,
  openEventLog,
} from '@openclaw/event-log';
import { isTraced } from '@openclaw/platform';
import type { TimeMerge } from './time-merge';

/** How long the store may take to tell where the log ends. */
const MEASURE_MS = 1_000;

/** One usage event, with the time that it was decided at. */
export interface TimedUse {
  readonly at: number;
  readonly eventId: string;
  readonly event: UsageEvent;
  readonly partition: number;
  /** As it was recorded, when its handling is to be traced. */
  readonly traced?: RecordedEvent;
}

export interface UsageWatchOptions {
  readonly store: JournalStore;
  readonly partition: number;
  /** Brings the events of all partitions into the order of time. */
  readonly merge: TimeMerge<TimedUse>;
  readonly source: string;
  readonly onHalt: (reason: LogHalted) => void;
  /** Following ended by a fault: the process must end, or this partition is unwatched. */
  readonly onEnd: (error: unknown) => void;
  /** A body of a newer schema: it cannot be judged, and that must be seen. */
  readonly onNotUnderstood: (reason: string) => void;
}

/**
 * Follows one partition of the usage topic from its beginning. It keeps no place of its own: incidents that are on the
 * alert topic are not raised again, so reading again raises nothing twice, and the state needs no second store.
 */
export class UsageWatch {
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  #log: EventLog | undefined;
  #subscription: CatchUpSubscription | undefined;

  constructor(private readonly options: UsageWatchOptions) {
    this.#running = this.#run().catch((error: unknown) => {
      if (!this.#stop.signal.aborted) options.onEnd(error);
    });
  }

  /** Undefined while no validator has written to the partition yet. */
  async lag(): Promise<Lag | undefined> {
    const measured = await this.#subscription?.measuredLag(MEASURE_MS).catch(() => undefined);
    return measured ?? this.#subscription?.lag();
  }

  /** Call after the merge is closed. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#subscription?.stop();
    await this.#running;
    await this.#log?.close();
  }

  async #run(): Promise<void> {
    const { store, partition, source, onHalt, merge } = this.options;
    const journal = await store.open(TOPIC.usage, partition);
    const { next } = await journal.bounds(this.#stop.signal);
    if (next === 0) await merge.live(partition);
    const settings = { source, role: 'reader', followersSetThePace: true, onHalt } as const;
    this.#log = await openEventLog(journal, settings, this.#stop.signal);
    const handle = (batch: FollowBatch): Promise<void> => this.#handle(batch);
    this.#subscription = new CatchUpSubscription({ log: this.#log, after: 'beginning', handle });
    await this.#subscription.ended;
  }

  #handle(batch: FollowBatch): Promise<void> {
    const uses = batch.entries.flatMap((entry): TimedUse[] => {
      if (entry.kind !== 'event' || !entry.event.type.startsWith('openclaw.usage.')) return [];
      const decoded = usageCodec.decode(entry.event.type, entry.event.data);
      if (!decoded.understood) {
        this.options.onNotUnderstood(decoded.reason);
        return [];
      }
      const { event: recorded } = entry;
      const use = { at: timeOf(decoded.event) ?? recorded.appendedAtMs, eventId: recorded.id, event: decoded.event };
      const { partition } = this.options;
      return [{ ...use, partition, ...(isTraced(recorded) ? { traced: recorded } : {}) }];
    });
    return this.options.merge.offer(this.options.partition, uses, batch.caughtUp);
  }
}

const timeOf = ({ data }: UsageEvent): number | undefined => {
  if ('time' in data) return data.time;
  return 'from' in data ? data.from : undefined;
};
