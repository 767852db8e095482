import type { Journal, JournalAppend, JournalBounds, JournalRecord, Offset } from '@openclaw/event-log';

export interface JournalFaults {
  /** Runs before the append; may wait, throw ("failed"), or return 'lose-ack' ("failed but persisted") or 'twice'. */
  onAppend?(record: JournalAppend): Promise<'lose-ack' | 'twice' | 'drop-silently' | void>;
  /** Sees each batch before the reader does; may wait, change it, or drop records. */
  onRead?(records: readonly JournalRecord[]): Promise<readonly JournalRecord[]>;
}

/** A journal that fails on purpose: what networks, brokers and clients do to us, at the smallest port. */
export class FaultyJournal implements Journal {
  constructor(
    private readonly inner: Journal,
    private readonly faults: JournalFaults,
  ) {}

  get name(): string {
    return this.inner.name;
  }

  async append(record: JournalAppend): Promise<void> {
    const fault = await this.faults.onAppend?.(record);
    if (fault === 'drop-silently') return;
    await this.inner.append(record);
    if (fault === 'twice') await this.inner.append(record);
    if (fault === 'lose-ack') throw new Error('planted: the acknowledgement was lost');
  }

  async *read(from: Offset, signal: AbortSignal): AsyncGenerator<readonly JournalRecord[]> {
    for await (const records of this.inner.read(from, signal)) {
      yield this.faults.onRead === undefined ? records : await this.faults.onRead(records);
    }
  }

  bounds(signal: AbortSignal): Promise<JournalBounds> {
    return this.inner.bounds(signal);
  }
}
