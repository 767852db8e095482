import { TOPIC, usageCodec } from '@openclaw/contracts';
import { CatchUpSubscription, type Lag } from '@openclaw/consumers';
import type { RepeatedRefusalsRule } from '@openclaw/domain';
import { type EventLog, type FollowBatch, type JournalStore, type LogHalted, openEventLog } from '@openclaw/event-log';
import type { AlertLog } from '../raise-alert/alert-log';
import { RefusalDetector } from './refusal-detector';

export interface UsageWatchOptions {
  readonly store: JournalStore;
  readonly partition: number;
  readonly rule: RepeatedRefusalsRule;
  readonly alerts: AlertLog;
  readonly source: string;
  readonly onHalt: (reason: LogHalted) => void;
  /** Following ended by a fault: the process must end, or this partition is unwatched. */
  readonly onEnd: (error: unknown) => void;
}

/**
 * Follows one partition of the usage topic from its beginning and raises what the detector finds. It keeps no place of
 * its own: alerts are deterministic, so reading again raises nothing twice, and the state needs no second store.
 */
export class UsageWatch {
  readonly #stop = new AbortController();
  readonly #detector: RefusalDetector;
  readonly #running: Promise<void>;
  #log: EventLog | undefined;
  #subscription: CatchUpSubscription | undefined;

  constructor(private readonly options: UsageWatchOptions) {
    this.#detector = new RefusalDetector(options.rule);
    this.#running = this.#run().catch((error: unknown) => {
      if (!this.#stop.signal.aborted) options.onEnd(error);
    });
  }

  /** Undefined while no validator has written to the partition yet. */
  lag(): Lag | undefined {
    return this.#subscription?.lag();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#subscription?.stop();
    await this.#running;
    await this.#log?.close();
  }

  async #run(): Promise<void> {
    const { store, partition, source, onHalt } = this.options;
    const journal = await store.open(TOPIC.usage, partition);
    const settings = { source, role: 'reader', followersSetThePace: true, onHalt } as const;
    this.#log = await openEventLog(journal, settings, this.#stop.signal);
    const handle = (batch: FollowBatch): Promise<void> => this.#handle(batch);
    this.#subscription = new CatchUpSubscription({ log: this.#log, after: 'beginning', handle });
    await this.#subscription.ended;
  }

  async #handle(batch: FollowBatch): Promise<void> {
    for (const entry of batch.entries) {
      if (entry.kind !== 'event') continue;
      const decoded = usageCodec.decode(entry.event.type, entry.event.data);
      if (!decoded.understood) continue;
      for (const alert of this.#detector.fold(entry.event.id, decoded.event)) await this.#raise(alert);
    }
  }

  /** Until the log has settled it: an alert that was found is never dropped because the topic was away for a while. */
  async #raise(alert: Parameters<AlertLog['raise']>[0]): Promise<void> {
    for (;;) {
      try {
        await this.options.alerts.raise(alert);
        return;
      } catch (error) {
        const unknown = error instanceof Error && error.name === 'OutcomeUnknown';
        if (!unknown || this.#stop.signal.aborted) throw error;
      }
    }
  }
}
