import type { FollowBatch } from '@openclaw/event-log';

/** Records that may wait: enough that a commit pays for its round trips, little enough to hold in memory. */
const RECORDS_MAX = 8000;

/**
 * The same records in the same order, read while the batch before is worked on: whatever has arrived meanwhile comes as
 * one batch, so that a consumer that is behind makes few and large commits, and one that is not waits for nothing. To
 * leave the loop early, first make the source end (abort its signal): a request under way is waited for.
 */
export async function* readAhead(
  source: AsyncIterable<FollowBatch>,
  recordsMax: number = RECORDS_MAX,
): AsyncGenerator<FollowBatch> {
  const waiting = new WaitingBatch(recordsMax);
  const pump = waiting.fill(source);
  try {
    for (;;) {
      const batch = await waiting.take();
      if (batch === undefined) return await pump; // with its error, if that is why it ended
      yield batch;
    }
  } finally {
    waiting.leave();
    await pump.catch(() => undefined);
  }
}

class WaitingBatch {
  #batch: FollowBatch | undefined;
  #ended = false;
  #changed = Promise.withResolvers<void>();

  constructor(private readonly recordsMax: number) {}

  async fill(source: AsyncIterable<FollowBatch>): Promise<void> {
    try {
      for await (const batch of source) {
        while (!this.#ended && !this.#hasRoomFor(batch)) await this.#changed.promise;
        if (this.#ended) return;
        this.#batch = this.#batch === undefined ? batch : joined(this.#batch, batch);
        this.#change();
      }
    } finally {
      this.leave();
    }
  }

  /** The batch that waits, or the next that comes; undefined when nothing comes any more. */
  async take(): Promise<FollowBatch | undefined> {
    while (this.#batch === undefined && !this.#ended) await this.#changed.promise;
    const batch = this.#batch;
    this.#batch = undefined;
    this.#change();
    return batch;
  }

  leave(): void {
    this.#ended = true;
    this.#change();
  }

  #hasRoomFor({ entries }: FollowBatch): boolean {
    return this.#batch === undefined || this.#batch.entries.length + entries.length <= this.recordsMax;
  }

  #change(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}

const joined = (first: FollowBatch, second: FollowBatch): FollowBatch => ({
  entries: first.entries.concat(second.entries),
  head: second.head,
  caughtUp: first.caughtUp || second.caughtUp,
});
