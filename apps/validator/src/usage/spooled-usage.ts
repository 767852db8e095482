import type { EventOrigin, Journal } from '@openclaw/event-log';
import { type SpoolRecord, type UsageSpool, openUsageSpool } from '@openclaw/usage-spool';
import { UsageSender } from './usage-sender';

/** `log`: an answer waits until the log has acknowledged its record, too. */
export type UsageDurability = 'fsync' | 'page-cache' | 'log';

export interface SpooledUsageOptions {
  /** Of this producer alone; does not exist yet. */
  readonly folder: string;
  readonly durability: UsageDurability;
  readonly bytesMax: number;
  /** The partitions of the usage topic, in order. */
  readonly journals: readonly Journal[];
  readonly origin: EventOrigin;
  readonly onTrouble: (reason: string) => void;
  /** The disk failed: the process must end. */
  readonly onFatal: (reason: Error) => void;
  /** Bytes of the folder that spools of predecessors still take. */
  readonly bytesElsewhere?: () => number;
}

/** How long an answer waits for the log in the mode `log`: shorter than any caller's patience, longer than an election. */
const LOG_WAIT_MS = 3_000;

/** The way of a usage record: durable in the spool, then sent from there, then acknowledged by the log and forgotten. */
export class SpooledUsage {
  readonly #senders: readonly UsageSender[];
  /** Answers that wait for the log. */
  readonly #awaited = new Map<SpoolRecord, () => void>();
  #spool: UsageSpool | undefined;

  private constructor(private readonly options: SpooledUsageOptions) {
    const { journals, origin, onTrouble } = options;
    const onAcknowledged = (records: readonly SpoolRecord[]): Promise<void> => this.#forget(records);
    this.#senders = journals.map((journal) => new UsageSender({ journal, origin, onAcknowledged, onTrouble }));
  }

  static async open(options: SpooledUsageOptions): Promise<SpooledUsage> {
    const usage = new SpooledUsage(options);
    const { folder, durability, bytesMax, onFatal, bytesElsewhere } = options;
    usage.#spool = await openUsageSpool({
      folder,
      durability: durability === 'page-cache' ? 'page-cache' : 'fsync',
      bytesMax,
      ...(bytesElsewhere === undefined ? {} : { bytesElsewhere }),
      onDurable: (records) => {
        for (const record of records) usage.#senders[record.partition]?.push(record);
      },
      onFatal,
    });
    return usage;
  }

  get partitions(): number {
    return this.options.journals.length;
  }

  get durability(): UsageDurability {
    return this.options.durability;
  }

  /** Records that the log has not acknowledged yet. */
  get backlog(): number {
    return this.#spool?.count ?? 0;
  }

  /** The last number that is durable, of each partition. */
  lastDurable(): readonly number[] {
    return this.options.journals.map((_, partition) => this.#spool?.lastDurable(partition) ?? 0);
  }

  /** Whether the next record can be taken; to be asked before it gets its number. */
  takes(): boolean {
    try {
      this.#spool?.mustTake();
      return true;
    } catch {
      return false;
    }
  }

  /** Resolves when an answer may be given on the record; a rejection means that it must not be, though it is recorded. */
  keep(record: SpoolRecord): Promise<void> {
    const durable = this.#spool?.append(record) ?? Promise.reject(new Error('the spool is not open'));
    return this.options.durability === 'log' ? this.#inLog(record, durable) : durable;
  }

  /** Waits for the log; resolves with the number of records that it did not take before `signal` aborted: they stay. */
  async close(signal: AbortSignal): Promise<number> {
    await this.#spool?.written();
    await Promise.all(this.#senders.map((sender) => sender.close(signal)));
    const left = this.backlog;
    await this.#spool?.close();
    return left;
  }

  /** Rejects after `LOG_WAIT_MS`: the record stays in the spool and is sent when the log is back. */
  async #inLog(record: SpoolRecord, durable: Promise<void>): Promise<void> {
    const inLog = Promise.withResolvers<void>();
    this.#awaited.set(record, inLog.resolve);
    const late = setTimeout(() => inLog.reject(new Error('the log takes no usage records')), LOG_WAIT_MS);
    try {
      await Promise.all([durable, inLog.promise]);
    } finally {
      clearTimeout(late);
      this.#awaited.delete(record);
    }
  }

  async #forget(records: readonly SpoolRecord[]): Promise<void> {
    if (this.#awaited.size > 0) for (const record of records) this.#awaited.get(record)?.();
    await this.#spool?.acknowledged(records);
  }
}
