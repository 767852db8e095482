import type { Journal, JournalAppend, JournalBounds, JournalRecord, Offset } from '@openclaw/event-log';

/** Hands records out in small batches, as a slow broker would, so that there are many commits to be killed in. */
export class SlicedJournal implements Journal {
  constructor(
    private readonly inner: Journal,
    private readonly records: number,
  ) {}

  get name(): string {
    return this.inner.name;
  }

  append(record: JournalAppend): Promise<void> {
    return this.inner.append(record);
  }

  bounds(signal: AbortSignal): Promise<JournalBounds> {
    return this.inner.bounds(signal);
  }

  async *read(from: Offset, signal: AbortSignal): AsyncGenerator<readonly JournalRecord[]> {
    for await (const batch of this.inner.read(from, signal)) {
      for (let i = 0; i < batch.length; i += this.records) yield batch.slice(i, i + this.records);
    }
  }
}
