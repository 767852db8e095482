import type { EventLog, LogEntry, LogHead } from '@openclaw/event-log';
import type { Projection } from '../src/lease-keeper';
import { Gate } from './gated-journal';

/** The smallest state that decisions could be made from: which streams have been closed. Can be held back. */
export class FollowedProjection implements Projection {
  readonly gate = new Gate();
  readonly closed = new Set<string>();
  readonly #listeners = new Set<() => void>();
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  #applied: LogHead;

  constructor(private readonly log: EventLog) {
    this.#applied = { ...log.head(), position: -1 as LogHead['position'], chainHash: '0'.repeat(64) };
    this.#running = this.#run();
  }

  applied(): LogHead {
    return this.#applied;
  }

  onApplied(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    this.gate.open();
    await this.#running;
  }

  #apply(entries: readonly LogEntry[], head: LogHead): void {
    for (const entry of entries) {
      if (entry.kind === 'event' && entry.event.terminal) this.closed.add(entry.event.stream);
    }
    this.#applied = head;
    for (const listener of this.#listeners) listener();
  }

  async #run(): Promise<void> {
    try {
      for await (const { entries, head } of this.log.follow('beginning', this.#stop.signal)) {
        await this.gate.passed();
        this.#apply(entries, head);
      }
    } catch {
      // The log halted or closed under us: the keeper hears of that from its feed.
    }
  }
}
