import type { FollowBatch, FollowStart, LogEntry, LogHead } from '@openclaw/event-log';
import { EventLogClosed, LogHalted } from '@openclaw/event-log';
import type { FreshLog, Projection } from '@openclaw/freshness';

/** A consumer in memory: what it was handed, how far it is, and how it ended. */
export class FollowedReader implements Projection {
  readonly entries: LogEntry[] = [];
  readonly #listeners = new Set<() => void>();
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  #head: LogHead;

  constructor(
    private readonly fresh: FreshLog,
    after: FollowStart,
    private readonly fold: (batch: FollowBatch) => void = () => undefined,
  ) {
    const nowhere = { position: -1 as LogHead['position'], chainHash: '' };
    this.#head = { logId: fresh.log.logId, ...(after === 'beginning' ? nowhere : after) };
    this.#running = this.#run(after);
  }

  applied(): LogHead {
    return this.#head;
  }

  onApplied(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves when `position` was handed out, or the reader ended. */
  async reached(position: number): Promise<void> {
    let ended = false;
    void this.#running.then(() => (ended = true));
    while (this.#head.position < position && !ended) {
      await Promise.race([this.#running, new Promise<void>((resolve) => this.#once(resolve))]);
    }
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  #once(resolve: () => void): void {
    const unlisten = this.onApplied(() => {
      unlisten();
      resolve();
    });
  }

  async #run(after: FollowStart): Promise<void> {
    try {
      for await (const batch of this.fresh.log.follow(after, this.#stop.signal)) {
        this.fold(batch);
        this.entries.push(...batch.entries);
        this.#head = batch.head;
        for (const listener of this.#listeners) listener();
      }
    } catch (error) {
      // A halt is told to the process's `onHalt`; a close under us is the end of the run.
      if (!(error instanceof LogHalted || error instanceof EventLogClosed)) throw error;
    }
  }
}
