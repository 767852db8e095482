import { TOPIC, partitionOf } from '@openclaw/contracts';
import type { RedemptionEvent } from '@openclaw/domain';
import { type JournalStore, type LogHalted, openEventLog } from '@openclaw/event-log';
import { RedemptionPartition, type Taken } from './redemption-partition';

export interface RedemptionLedgerOptions {
  readonly store: JournalStore;
  /** Fixed for the life of a deployment. */
  readonly partitions: number;
  readonly source: string;
  /** How long a claim may take before its outcome is said to be unknown, milliseconds. */
  readonly claimTimeoutMs: number;
  readonly onHalt: (reason: LogHalted) => void;
}

/**
 * Claims on codes with a budget (ARCHITECTURE section 3): of any number of validators that claim one revision of
 * `redemption/<codeId>`, exactly one wins. Reads a partition from its beginning when the first code of it is asked for.
 */
export class RedemptionLedger {
  readonly #partitions = new Map<number, Promise<RedemptionPartition>>();
  readonly #opened = new Map<number, RedemptionPartition>();
  readonly #stop = new AbortController();

  constructor(private readonly options: RedemptionLedgerOptions) {}

  /**
   * The claims on a code, as far as this process has read; undefined when one of them is of a newer build. Waits while
   * its partition is read for the first time; rejects when `signal` aborts meanwhile (the reading goes on).
   */
  async taken(codeId: string, signal: AbortSignal): Promise<Taken | undefined> {
    return (await this.#partition(codeId, signal)).taken(codeId);
  }

  /** Where the claims on a code can be read at once; undefined until its partition was read for the first time. */
  opened(codeId: string): Pick<RedemptionPartition, 'taken'> | undefined {
    return this.#opened.get(partitionOf(codeId, this.options.partitions));
  }

  /** The claims on a code, with everything that was on the log when this was called; rejects when `signal` aborts. */
  async upToDate(codeId: string, signal: AbortSignal): Promise<Taken | undefined> {
    const partition = await this.#partition(codeId, signal);
    await partition.upToDate(signal);
    return partition.taken(codeId);
  }

  /**
   * Claims the next revision. True: read back, the unit is taken. False: somebody else took the revision; nothing was
   * and nothing will be written; ask for `taken` again. Rejects like `EventLog.append`: after `OutcomeUnknown` the
   * same request id finds its unit, if there is one.
   */
  async claim(before: Taken, event: RedemptionEvent, signal: AbortSignal): Promise<boolean> {
    return (await this.#partition(event.data.codeId, signal)).claim(before, event);
  }

  async close(): Promise<void> {
    this.#stop.abort(new Error('the validator is closed'));
    const opened = await Promise.allSettled(this.#partitions.values());
    for (const one of opened) if (one.status === 'fulfilled') await one.value.close();
  }

  async #partition(codeId: string, signal: AbortSignal): Promise<RedemptionPartition> {
    const number = partitionOf(codeId, this.options.partitions);
    const known = this.#partitions.get(number) ?? this.#open(number);
    this.#partitions.set(number, known);
    return abortable(known, signal);
  }

  /** A partition that could not be opened is tried again at the next use. */
  #open(number: number): Promise<RedemptionPartition> {
    const opening = this.#openLog(number);
    opening.then(
      (partition) => this.#opened.set(number, partition),
      () => this.#partitions.delete(number),
    );
    return opening;
  }

  async #openLog(number: number): Promise<RedemptionPartition> {
    const { store, source, claimTimeoutMs, onHalt } = this.options;
    const journal = await store.open(TOPIC.redemptions, number);
    const options = { source, role: 'writer', appendTimeoutMs: claimTimeoutMs, onHalt } as const;
    const log = await openEventLog(journal, options, this.#stop.signal);
    return RedemptionPartition.follow({ journal, log, source, stopped: this.#stop.signal });
  }
}

const abortable = <T>(work: Promise<T>, signal: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    const settled = (): void => signal.removeEventListener('abort', onAbort);
    work.finally(settled).then(resolve, reject);
  });
