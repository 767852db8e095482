import { onAbort } from './limit';

/**
 * Tells readers that something may have been appended. A wake-up carries no promise: a reader always looks for itself,
 * and looks again after its poll interval when none comes.
 *
 * A reader takes a ticket BEFORE it looks and waits with it afterwards, so that what was appended in between is not
 * slept through.
 */
export class WakeUps {
  readonly #journals = new Map<number, { round: number; readonly waiting: Set<() => void> }>();

  ticket(journalId: number): number {
    return this.#journal(journalId).round;
  }

  wake(journalId: number): void {
    const journal = this.#journal(journalId);
    journal.round += 1;
    for (const wake of journal.waiting) wake();
  }

  wakeAll(): void {
    for (const journalId of this.#journals.keys()) this.wake(journalId);
  }

  /** Resolves at the first wake-up after `ticket` was taken, after `ms`, or when `signal` aborts. */
  after(journalId: number, ticket: number, ms: number, signal: AbortSignal): Promise<void> {
    const journal = this.#journal(journalId);
    if (journal.round !== ticket) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        journal.waiting.delete(wake);
        detach();
        resolve();
      };
      const timer = setTimeout(wake, ms);
      journal.waiting.add(wake);
      const detach = onAbort(signal, wake);
    });
  }

  #journal(journalId: number): { round: number; readonly waiting: Set<() => void> } {
    const known = this.#journals.get(journalId);
    if (known !== undefined) return known;
    const fresh = { round: 0, waiting: new Set<() => void>() };
    this.#journals.set(journalId, fresh);
    return fresh;
  }
}
