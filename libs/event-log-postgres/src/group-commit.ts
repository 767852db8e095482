import { type JournalAppend, MAX_RECORD_BYTES } from '@openclaw/event-log';
import { RequestTimedOut } from './limit';

interface Waiting {
  readonly record: JournalAppend;
  readonly deadlineMs: number;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/** A group is one statement: enough records that the commit costs little, few enough that it takes milliseconds. */
const GROUP_RECORDS_MAX = 1000;
const GROUP_BYTES_MAX = 1024 * 1024;

/**
 * Joins concurrent appends into one commit. One group is in flight; what arrives meanwhile forms the next, in the
 * order of the calls. Every call settles by its own deadline: a group is given up at the deadline of its oldest call.
 */
export class GroupCommit {
  #waiting: Waiting[] = [];
  #running = false;

  constructor(
    private readonly send: (group: readonly JournalAppend[], withinMs: number) => Promise<void>,
    private readonly requestTimeoutMs: number,
  ) {}

  /** Resolves when the record is committed; a rejection means unknown. Throws `RangeError` for a record too large. */
  append(record: JournalAppend): Promise<void> {
    if (record.value.length > MAX_RECORD_BYTES) {
      throw new RangeError(`a record of ${record.value.length} bytes; at most ${MAX_RECORD_BYTES} fit`);
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ record, deadlineMs: performance.now() + this.requestTimeoutMs, resolve, reject });
      if (!this.#running) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#running = true;
    await Promise.resolve(); // calls made in the same turn travel together
    for (let group = this.#take(); group.length > 0; group = this.#take()) await this.#commit(group);
    this.#running = false;
  }

  async #commit(group: readonly Waiting[]): Promise<void> {
    const withinMs = (group[0]?.deadlineMs ?? 0) - performance.now();
    try {
      if (withinMs <= 0) throw new RequestTimedOut(`not sent within ${this.requestTimeoutMs} ms`);
      await this.send(
        group.map((waiting) => waiting.record),
        withinMs,
      );
      for (const waiting of group) waiting.resolve();
    } catch (error) {
      for (const waiting of group) waiting.reject(error);
    }
  }

  #take(): readonly Waiting[] {
    let bytes = 0;
    let count = 0;
    for (const { record } of this.#waiting) {
      bytes += record.value.length;
      if (count > 0 && (count === GROUP_RECORDS_MAX || bytes > GROUP_BYTES_MAX)) break;
      count += 1;
    }
    return this.#waiting.splice(0, count);
  }
}
