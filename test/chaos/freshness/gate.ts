import type { Journal } from '@openclaw/event-log';
import { FaultyJournal } from '@openclaw/event-log/testing';

/** Reads that go nowhere while the gate is shut: a cut that needs no network of its own. */
export class Gate {
  #open = Promise.withResolvers<void>();

  constructor() {
    this.#open.resolve();
  }

  set(to: 'shut' | 'open'): void {
    if (to === 'open') this.#open.resolve();
    else this.#open = Promise.withResolvers();
  }

  guard(journal: Journal): Journal {
    return new FaultyJournal(journal, {
      onRead: async (records) => {
        await this.#open.promise;
        return records;
      },
    });
  }
}
