import type { FollowBatch, LogHead } from '@openclaw/event-log';
import type { Projection } from '@openclaw/freshness';

/** The least that a validator must know: which codes are revoked, and up to where it has read. */
export class RevokedCodes implements Projection {
  readonly #revoked = new Set<string>();
  readonly #listeners = new Set<() => void>();

  constructor(private head: LogHead) {}

  has(code: string): boolean {
    return this.#revoked.has(code);
  }

  applied(): LogHead {
    return this.head;
  }

  onApplied(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  fold({ entries, head }: FollowBatch): void {
    for (const entry of entries) {
      if (entry.kind === 'event' && entry.event.terminal) this.#revoked.add(entry.event.stream);
    }
    this.head = head;
    for (const listener of this.#listeners) listener();
  }
}
