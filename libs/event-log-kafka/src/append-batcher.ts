import { setImmediate as nextTurn } from 'node:timers/promises';
import { JournalClosed, type JournalAppend } from '@openclaw/event-log';

export interface AppendBatcherOptions {
  /** For messages: topic and partition. */
  readonly name: string;
  /** Each append is settled within this time of its call, milliseconds. */
  readonly timeoutMs: number;
  readonly requestBytesMax: number;
  readonly queueBytesMax: number;
  /** Monotonic clock, milliseconds. */
  readonly nowMs?: () => number;
}

/**
 * Groups concurrent appends into one request, with one request in flight and the order of calls kept. It never sends a
 * record twice: a rejection means unknown, and the caller resends (ARCHITECTURE section 3, "Unknown outcome").
 *
 * There is no linger: a lone append leaves in the same turn of the event loop, and under load a request collects
 * whatever was called while the one before it was in flight.
 */
export class AppendBatcher {
  readonly #nowMs: () => number;
  #queue: Pending[] = [];
  #queueBytes = 0;
  #inFlight: readonly Pending[] = [];
  #running = false;
  #closed = false;
  #deadline: NodeJS.Timeout | undefined;

  constructor(
    /** Must settle by itself, in about `timeoutMs`. */
    private readonly send: (records: readonly JournalAppend[]) => Promise<void>,
    private readonly options: AppendBatcherOptions,
  ) {
    this.#nowMs = options.nowMs ?? ((): number => performance.now());
  }

  append(record: JournalAppend): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(new JournalClosed(`${this.options.name} is closed`));
      if (this.#queueBytes + sizeOf(record) > this.options.queueBytesMax) {
        return reject(new AppendNotSent(`${this.options.name}: ${this.#queueBytes} bytes are waiting already`));
      }
      this.#queue.push({ record, resolve, reject, deadlineMs: this.#nowMs() + this.options.timeoutMs });
      this.#queueBytes += sizeOf(record);
      this.#armDeadline(this.options.timeoutMs);
      if (!this.#running) void this.#run();
    });
  }

  /** Rejects everything pending with `JournalClosed`; what is in flight may still be stored. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#deadline);
    const pending = [...this.#inFlight, ...this.#queue];
    this.#queue = [];
    this.#queueBytes = 0;
    for (const each of pending) each.reject(new JournalClosed(`${this.options.name} was closed`));
  }

  async #run(): Promise<void> {
    this.#running = true;
    // A microtask, not a timer: calls made in the same turn share the first request, and a lone call waits for nothing.
    await Promise.resolve();
    while (this.#queue.length > 0) {
      this.#inFlight = this.#take();
      await this.#sendInFlight();
      // Callers woken by a shared answer get to append again before the next request leaves; else batches shrink.
      if (this.#inFlight.length > 1) await nextTurn();
      this.#inFlight = [];
    }
    this.#running = false;
  }

  async #sendInFlight(): Promise<void> {
    if (this.#inFlight.length === 0) return;
    try {
      await this.send(this.#inFlight.map((pending) => pending.record));
      for (const pending of this.#inFlight) pending.resolve();
    } catch (error) {
      for (const pending of this.#inFlight) pending.reject(unknownOutcome(this.options.name, error));
    }
  }

  /** The next request: the longest prefix of the queue that fits, without what was rejected meanwhile. */
  #take(): readonly Pending[] {
    let bytes = 0;
    let count = 0;
    for (const { record } of this.#queue) {
      if (count > 0 && bytes + sizeOf(record) > this.options.requestBytesMax) break;
      bytes += sizeOf(record);
      count += 1;
    }
    this.#queueBytes -= bytes;
    return this.#queue.splice(0, count);
  }

  /** One lazy timer for all: it fires for the oldest call, rejects what is due, and is set again for the next. */
  #armDeadline(ms: number): void {
    this.#deadline ??= setTimeout(() => this.#rejectOverdue(), Math.max(ms, 1)).unref();
  }

  #rejectOverdue(): void {
    this.#deadline = undefined;
    const nowMs = this.#nowMs();
    const overdue = (pending: Pending): boolean => pending.deadlineMs <= nowMs;
    const { name, timeoutMs } = this.options;
    for (const pending of this.#inFlight.filter(overdue)) {
      pending.reject(unknownOutcome(name, new Error(`no acknowledgement in ${timeoutMs} ms`)));
    }
    const waiting = this.#queue.filter((pending) => !overdue(pending));
    for (const pending of this.#queue.filter(overdue)) {
      this.#queueBytes -= sizeOf(pending.record);
      pending.reject(new AppendNotSent(`${name}: not sent within ${timeoutMs} ms`));
    }
    this.#queue = waiting;
    const next = [...this.#inFlight, ...waiting].find((pending) => !overdue(pending));
    if (next !== undefined) this.#armDeadline(next.deadlineMs - nowMs);
  }
}

/** The record was not acknowledged: it may be stored, now or later. Send the same record again. */
export class AppendUnacknowledged extends Error {
  override readonly name = 'AppendUnacknowledged';
}

/** The record never left this process. Send it again when there is less to do. */
export class AppendNotSent extends Error {
  override readonly name = 'AppendNotSent';
}

interface Pending {
  readonly record: JournalAppend;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
  readonly deadlineMs: number;
}

const unknownOutcome = (name: string, cause: unknown): AppendUnacknowledged =>
  new AppendUnacknowledged(`${name}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });

/** Kafka's own fields of a record (lengths, offset and time deltas) stay under this many bytes. */
const RECORD_OVERHEAD_BYTES = 32;

const sizeOf = (record: JournalAppend): number => record.value.length + 3 * record.key.length + RECORD_OVERHEAD_BYTES;
