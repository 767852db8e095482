import type {
  Journal, JournalAppend, JournalBounds, JournalRecord, JournalStore, Offset, TopicSpec,
} from './journal.port'; // prettier-ignore
import { JournalClosed, JournalSettingsRefused, MAX_RECORD_BYTES } from './journal.port';

/** How long a frozen server is waited for. */
const REQUEST_TIMEOUT_MS = 1000;

/** The shared memory that several `InMemoryJournalStore`s (several "processes") may open, like one server. */
export class InMemoryJournalServer {
  readonly partitions = new Map<string, Partition>();
  #thawed: Promise<void> | undefined;

  constructor(readonly nowMs: () => number = Date.now) {}

  /** Nothing is answered until the returned function is called, as if the server's process were stopped. */
  freeze(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#thawed = promise;
    return () => {
      this.#thawed = undefined;
      resolve();
    };
  }

  /** Resolves when the server answers; rejects when it does not in time, or when `ended` aborts. */
  async answers(ended: AbortSignal): Promise<void> {
    if (this.#thawed === undefined) return;
    const timer = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
    await Promise.race([this.#thawed, whenAborted(AbortSignal.any([ended, timer]))]);
  }

  partition(topic: string, partition: number): Partition {
    const name = `${topic}/${partition}`;
    const known = this.partitions.get(name);
    if (known !== undefined) return known;
    const fresh = new Partition();
    this.partitions.set(name, fresh);
    return fresh;
  }

  /** Drops what lies before `before`, as retention does. */
  expire(topic: string, partition: number, before: Offset): void {
    this.partition(topic, partition).expire(before);
  }
}

/** The journals of one process, in memory: no disk, no second process, every other promise of the port. */
export class InMemoryJournalStore implements JournalStore {
  readonly kind = 'memory';
  readonly #counts = new Map<string, number>();
  readonly #closing = new AbortController();

  constructor(readonly server: InMemoryJournalServer = new InMemoryJournalServer()) {}

  async ensureTopics(topics: readonly TopicSpec[]): Promise<void> {
    const faults = topics
      .filter((spec) => (this.#counts.get(spec.topic) ?? spec.partitions) !== spec.partitions)
      .map((spec) => `${spec.topic} has ${this.#counts.get(spec.topic)} partitions, not ${spec.partitions}`);
    if (faults.length > 0) throw new JournalSettingsRefused(faults);
    for (const spec of topics) this.#counts.set(spec.topic, spec.partitions);
  }

  async open(topic: string, partition = 0): Promise<Journal> {
    return new InMemoryJournal(
      `${topic}/${partition}`,
      this.server,
      this.server.partition(topic, partition),
      this.#closing.signal,
    );
  }

  async close(): Promise<void> {
    this.#closing.abort();
  }
}

class InMemoryJournal implements Journal {
  constructor(
    readonly name: string,
    private readonly server: InMemoryJournalServer,
    private readonly partition: Partition,
    private readonly closed: AbortSignal,
  ) {}

  async append(record: JournalAppend): Promise<void> {
    if (this.closed.aborted) throw new JournalClosed(`${this.name} is closed`);
    await this.server.answers(this.closed);
    if (record.value.length > MAX_RECORD_BYTES) throw new RangeError(`record of ${record.value.length} bytes`);
    this.partition.append(Buffer.from(record.value), this.server.nowMs());
  }

  async *read(from: Offset, signal: AbortSignal): AsyncGenerator<readonly JournalRecord[]> {
    const ended = AbortSignal.any([signal, this.closed]);
    let next = from;
    while (!ended.aborted) {
      if (!(await this.#waitedOut(ended))) continue;
      const batch = this.partition.slice(next);
      const last = batch.at(-1);
      if (last === undefined) await this.partition.appended(ended);
      else {
        yield batch;
        next = last.offset + 1;
      }
    }
  }

  async bounds(signal: AbortSignal): Promise<JournalBounds> {
    if (this.closed.aborted) throw new JournalClosed(`${this.name} is closed`);
    await this.server.answers(AbortSignal.any([signal, this.closed]));
    return this.partition.bounds();
  }

  #waitedOut(ended: AbortSignal): Promise<boolean> {
    return this.server.answers(ended).then(
      () => true,
      () => false,
    );
  }
}

const whenAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const fail = (): void => reject(new Error('the server does not answer'));
    signal.addEventListener('abort', fail, { once: true });
    if (signal.aborted) fail();
  });

const BATCH_RECORDS = 1000;

class Partition {
  #records: JournalRecord[] = [];
  #oldest = 0;
  readonly #waiting = new Set<() => void>();

  append(value: Buffer, appendedAtMs: number): void {
    this.#records.push({ offset: this.#oldest + this.#records.length, value, appendedAtMs });
    for (const wake of this.#waiting) wake();
  }

  /** Copies: what a reader does to its bytes is no change of the log. */
  slice(from: Offset): readonly JournalRecord[] {
    const start = Math.max(from - this.#oldest, 0);
    const records = this.#records.slice(start, start + BATCH_RECORDS);
    return records.map((record) => ({ ...record, value: Buffer.from(record.value) }));
  }

  bounds(): JournalBounds {
    return { oldest: this.#oldest, next: this.#oldest + this.#records.length };
  }

  expire(before: Offset): void {
    this.#records = this.#records.slice(Math.max(before - this.#oldest, 0));
    this.#oldest = Math.max(before, this.#oldest);
  }

  /** Resolves at the next append or when `signal` aborts. */
  appended(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal.addEventListener('abort', wake);
      if (signal.aborted) wake();
    });
  }
}
