import { setTimeout as pause } from 'node:timers/promises';
import {
  type Journal,
  type JournalAppend,
  type JournalBounds,
  type JournalRecord,
  type Offset,
  parseOuterForm,
} from '@openclaw/event-log';
import type { SeededRandom } from '../seeded-random';

interface HeldBack {
  readonly stream: string;
  readonly record: JournalAppend;
}

/**
 * A network between an issuer and the store: some produce requests are lost on the way for now and arrive when
 * somebody lets them in, in any order; some arrive twice; the issuer hears "no acknowledgement" or nothing unusual.
 */
export class UnrulyJournal implements Journal {
  readonly #held: HeldBack[] = [];
  doubled = 0;
  delivered = 0;

  constructor(
    private readonly inner: Journal,
    private readonly random: SeededRandom,
    /** Whether this record is to be held back until `deliver`. */
    private readonly holds: (stream: string) => boolean,
  ) {}

  get name(): string {
    return this.inner.name;
  }

  isHolding(stream: string): boolean {
    return this.#held.some((held) => held.stream === stream);
  }

  /** Lets the held records of a stream in, copies included, the youngest first. */
  async deliver(stream: string): Promise<void> {
    for (const one of this.#held.filter((held) => held.stream === stream).reverse()) {
      await this.inner.append(one.record);
      this.delivered += 1;
    }
  }

  async append(record: JournalAppend): Promise<void> {
    const stream = streamOf(record);
    if (this.holds(stream)) {
      this.#held.push({ stream, record });
      throw new Error('planted: no acknowledgement');
    }
    await pause(this.random.between(0, 5));
    await this.inner.append(record);
    if (this.random.next() < 0.2) {
      this.doubled += 1;
      await this.inner.append(record);
    }
  }

  read(from: Offset, signal: AbortSignal): AsyncIterable<readonly JournalRecord[]> {
    return this.inner.read(from, signal);
  }

  bounds(signal: AbortSignal): Promise<JournalBounds> {
    return this.inner.bounds(signal);
  }
}

const streamOf = (record: JournalAppend): string => {
  const parsed = parseOuterForm(Buffer.from(record.value));
  return parsed.ok ? parsed.outer.stream : '';
};
