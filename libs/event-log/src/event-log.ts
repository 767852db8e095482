import { randomUUID } from 'node:crypto';
import { Appender, stopReason, within } from './appender';
import type { Coordination } from './coordination.port';
import type {
  AppendResult, Claim, EventLog, FollowBatch, FollowStart, LogHead, NewEvent, Position, Readiness, RecordedEvent,
  StreamName,
} from './event-log.port'; // prettier-ignore
import { positionAt } from './brand';
import { EventLogClosed, LogHalted } from './event-log.port';
import { Follower } from './follower';
import type { Journal } from './journal.port';
import { logOpened, logStream, writerStarted, writerStream } from './log-opened';
import { LogReader } from './log-reader';
import { type ResumePoint, proveResume } from './resume';
import type { TailBatch } from './tail';

export interface EventLogOptions {
  /** CloudEvents `source` of what this process writes about the log itself. */
  readonly source: string;
  /** A writer opens an empty log and marks its start; a reader waits for the first record. */
  readonly role: 'writer' | 'reader';
  /** Heads and barriers. Without it (logs that need no freshness) an append answers once it was read back. */
  readonly coordination?: Coordination;
  /** Needed for `readStream`: keeps every accepted event in a temporary file. */
  readonly keepStreams?: boolean;
  /**
   * Goes on from a kept state instead of the first record: followers may then begin at its head or later. Not together
   * with `keepStreams`. `openEventLog` rejects with `ResumeRefused` when the log is not the one that the state is of.
   */
  readonly resume?: ResumePoint;
  /** A process that only projects: the reader stays within the tail of its slowest follower. */
  readonly followersSetThePace?: boolean;
  readonly appendTimeoutMs?: number;
  readonly resendAfterMs?: number;
  readonly tailBytesMax?: number;
  /**
   * A consumer's saved place that lies beyond the end of the log for so long is a lost tail, and a halt; until then a
   * replica that lags behind may have told the end. Milliseconds; ten seconds unless given.
   */
  readonly lostTailAfterMs?: number;
  /** The history is not what it was. The process must end, loudly and non-zero. */
  readonly onHalt?: (reason: LogHalted) => void;
}

/** Long enough for a leader election (6 s session time-out in our deploy files) and a resend. */
const APPEND_TIMEOUT_MS = 15_000;
const RESEND_AFTER_MS = 2_000;
const TAIL_BYTES_MAX = 32 * 1024 * 1024;
const LOST_TAIL_AFTER_MS = 10_000;

/**
 * Opens the log over a journal: reads it up to its present end and, as a writer, marks the start. Rejects with
 * `LogHalted` when the history is damaged, with `ResumeRefused` (open again without), with the store's error when it cannot be reached, and with the abort reason
 * when `signal` aborts (an empty log that no writer opens makes a reader wait). Safe to retry.
 */
export const openEventLog = async (
  journal: Journal,
  options: EventLogOptions,
  signal: AbortSignal = new AbortController().signal,
): Promise<EventLog> => {
  const log = new JournaledEventLog(journal, options);
  try {
    await log.open(signal);
    return log;
  } catch (error) {
    await log.close();
    throw error;
  }
};

class JournaledEventLog implements EventLog {
  readonly #stop = new AbortController();
  readonly #reader: LogReader;
  readonly #appender: Appender;
  readonly #followers = new Set<Follower>();
  readonly #timeoutMs: number;
  readonly #tailBytesMax: number;
  #running: Promise<void> = Promise.resolve();
  #closing: Promise<void> | undefined;
  #paceChanged: () => void = () => undefined;

  constructor(
    private readonly journal: Journal,
    private readonly options: EventLogOptions,
  ) {
    this.#timeoutMs = options.appendTimeoutMs ?? APPEND_TIMEOUT_MS;
    this.#tailBytesMax = options.tailBytesMax ?? TAIL_BYTES_MAX;
    this.#reader = new LogReader(journal, {
      keepStreams: options.keepStreams ?? false,
      tailBytesMax: this.#tailBytesMax,
      resume: options.resume,
      onBatch: (batch: TailBatch) => this.#appender.onBatch(batch),
      onHalt: (reason) => this.#halt(reason),
    });
    this.#appender = new Appender(
      journal,
      this.#reader.acceptance,
      { appendTimeoutMs: this.#timeoutMs, resendAfterMs: options.resendAfterMs ?? RESEND_AFTER_MS },
      this.#stop.signal,
    );
    if (options.followersSetThePace === true) this.#reader.holdWhile(() => this.#roomInTail());
  }

  get logId(): string {
    return this.#reader.head().logId;
  }

  async open(signal: AbortSignal): Promise<void> {
    const { resume, keepStreams } = this.options;
    if (resume !== undefined && keepStreams === true) throw new TypeError('streams are kept from the first record on');
    const { next } = await this.journal.bounds(signal);
    if (resume !== undefined) await proveResume(this.journal, resume, next, signal);
    const origin = { source: this.options.source, newId: randomUUID, now: () => new Date() };
    this.#running = this.#reader.run(this.#stop.signal);
    if (next === 0 && this.options.role === 'writer') {
      await this.#appender.append(logStream(this.journal.name), 1, logOpened(origin));
    }
    await this.#reached(Math.max(next - 1, 0), signal);
    await this.options.coordination?.start({ logId: this.logId, applied: () => this.head() });
    if (this.options.role === 'writer' && this.options.coordination !== undefined) {
      const incarnation = origin.newId();
      await this.append(writerStream(incarnation), 1, writerStarted(origin, incarnation));
    }
  }

  async append(stream: StreamName, claim: Claim, event: NewEvent): Promise<AppendResult> {
    this.#mustBeOpen();
    const result = await this.#appender.append(stream, claim, event);
    if (result.outcome === 'appended') await this.#announce();
    return result;
  }

  async confirm(position: Position): Promise<void> {
    this.#mustBeOpen();
    await within(this.#reached(position, this.#stop.signal), this.#timeoutMs, this.#stop.signal, 'confirm');
    await this.#announce();
  }

  async *readStream(stream: StreamName, from = 1): AsyncGenerator<RecordedEvent> {
    this.#mustBeOpen();
    const streams = this.#reader.streams;
    if (streams === undefined) throw new TypeError('this event log was opened without keepStreams');
    yield* streams.read(stream, from);
  }

  async *follow(after: FollowStart, signal: AbortSignal): AsyncGenerator<FollowBatch> {
    this.#mustBeOpen();
    const first = this.options.resume?.head.position ?? -1;
    if ((after === 'beginning' ? -1 : after.position) < first) throw new RangeError(`opened at position ${first}`);
    const ended = AbortSignal.any([signal, this.#stop.signal]);
    const follower = new Follower(
      this.journal,
      this.#reader,
      after,
      this.options.lostTailAfterMs ?? LOST_TAIL_AFTER_MS,
    );
    this.#followers.add(follower);
    try {
      const knownEnd = await this.#knownEnd(ended);
      for await (const batch of follower.run(knownEnd, ended)) {
        this.#paceChanged();
        yield batch;
      }
      if (!signal.aborted) throw stopReason(this.#stop.signal);
    } catch (error) {
      if (error instanceof LogHalted) this.#reader.halt(error);
      throw error;
    } finally {
      this.#followers.delete(follower);
      this.#paceChanged();
    }
  }

  async barrier(signal: AbortSignal): Promise<Position> {
    this.#mustBeOpen();
    const { coordination } = this.options;
    if (coordination === undefined) throw new TypeError('this event log was opened without coordination');
    const ended = AbortSignal.any([signal, this.#stop.signal]);
    const need = await coordination.need(ended);
    await this.#reached(need, ended);
    return this.head().position;
  }

  head(): LogHead {
    return this.#reader.head();
  }

  async readiness(withinMs: number): Promise<Readiness> {
    this.#mustBeOpen();
    const limit = AbortSignal.any([AbortSignal.timeout(withinMs), this.#stop.signal]);
    const answer = this.journal.bounds(limit).then(
      (bounds): Readiness => this.#compare(bounds.next - 1),
      (error: unknown): Readiness => ({ ready: false, reason: `the store does not answer: ${String(error)}` }),
    );
    return Promise.race([answer, aborted(limit, `the store did not answer within ${withinMs} ms`)]);
  }

  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async #end(): Promise<void> {
    this.#stop.abort(new EventLogClosed('the event log is closed'));
    this.#paceChanged();
    await this.options.coordination?.close();
    await this.#running;
    this.#reader.close();
  }

  #compare(end: number): Readiness {
    const { position } = this.head();
    if (position >= end) return { ready: true, position, end: positionAt(end) };
    const reason = `${end - position} records behind the end of ${this.journal.name}`;
    return { ready: false, reason, end: positionAt(end) };
  }

  async #announce(): Promise<void> {
    const { coordination } = this.options;
    if (coordination === undefined) return;
    await within(coordination.announce(this.head()), this.#timeoutMs, this.#stop.signal, 'head');
  }

  /** The end as the store tells it; when it does not answer, the end as we have read it. */
  async #knownEnd(signal: AbortSignal): Promise<number> {
    const read = this.head().position;
    try {
      return Math.max((await this.journal.bounds(signal)).next - 1, read);
    } catch {
      return read;
    }
  }

  async #reached(position: number, signal: AbortSignal): Promise<void> {
    if (this.head().position >= position) return;
    const ended = AbortSignal.any([signal, this.#stop.signal]);
    while (this.head().position < position) {
      if (this.#stop.signal.aborted) throw stopReason(this.#stop.signal);
      signal.throwIfAborted();
      await this.#reader.advanced(ended);
    }
  }

  async #roomInTail(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const behind = [...this.#followers].map((follower) => this.#reader.tail.bytesFrom(follower.next));
      if (Math.max(0, ...behind) < this.#tailBytesMax / 2) return;
      await new Promise<void>((resolve) => (this.#paceChanged = resolve));
    }
  }

  #halt(reason: LogHalted): void {
    this.#stop.abort(reason);
    this.#paceChanged();
    this.options.onHalt?.(reason);
  }

  #mustBeOpen(): void {
    if (this.#stop.signal.aborted) throw stopReason(this.#stop.signal);
  }
}

const aborted = (signal: AbortSignal, reason: string): Promise<Readiness> =>
  new Promise((resolve) => {
    const answer = (): void => resolve({ ready: false, reason });
    signal.addEventListener('abort', answer, { once: true });
    if (signal.aborted) answer();
  });
