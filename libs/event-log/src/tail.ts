import type { LogEntry, LogHead } from './event-log.port';

export interface TailBatch {
  readonly entries: readonly LogEntry[];
  /** Chain hash before the first entry and after the last. */
  readonly before: string;
  readonly head: LogHead;
}

/**
 * The newest batches of the log in memory, so that any number of followers share one reader and one parse. Bounded by
 * bytes of values; a follower that fell out of it reads the journal itself until it is inside again (`follower.ts`).
 */
export class Tail {
  #batches: TailBatch[] = [];
  #bytes: number[] = [];
  #total = 0;

  constructor(private readonly bytesMax: number) {}

  push(batch: TailBatch): void {
    const bytes = batch.entries.reduce((sum, entry) => sum + entry.value.length, 0);
    this.#batches.push(batch);
    this.#bytes.push(bytes);
    this.#total += bytes;
    while (this.#total > this.bytesMax && this.#batches.length > 1) {
      this.#batches.shift();
      this.#total -= this.#bytes.shift() ?? 0;
    }
  }

  /** The batch that holds `position`, or undefined when it fell out or is not there yet. */
  holding(position: number): TailBatch | undefined {
    let low = 0;
    let high = this.#batches.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const batch = this.#batches[middle];
      if (batch === undefined) return undefined;
      if (batch.head.position < position) low = middle + 1;
      else if (firstOf(batch) > position) high = middle - 1;
      else return batch;
    }
    return undefined;
  }

  /** Bytes of values that a follower standing before `position` has still ahead of it in here. */
  bytesFrom(position: number): number {
    let sum = 0;
    for (let i = this.#batches.length - 1; i >= 0; i -= 1) {
      const batch = this.#batches[i];
      if (batch === undefined || batch.head.position < position) break;
      sum += this.#bytes[i] ?? 0;
    }
    return sum;
  }
}

const firstOf = (batch: TailBatch): number => batch.head.position - batch.entries.length + 1;
