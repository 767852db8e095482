import type { Journal, JournalAppend, JournalBounds, JournalRecord, Offset } from '@openclaw/event-log';

/** MUTANT. When the store no longer has the wanted offset it goes on at the end, and counts on as if nothing was missing. */
export class RenumberingJournal implements Journal {
  constructor(private readonly inner: Journal) {}

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
    let expected = from;
    let start = from;
    while (!signal.aborted) {
      try {
        for await (const batch of this.inner.read(start, signal)) {
          const renumbered = batch.map((record, i) => ({ ...record, offset: expected + i }));
          expected += batch.length;
          yield renumbered;
        }
      } catch {
        start = (await this.inner.bounds(signal)).next;
      }
    }
  }
}
