import { randomInt } from 'node:crypto';
import type { AcceptanceState } from './acceptance';
import type { AppendResult, Claim, NewEvent, StreamName } from './event-log.port';
import { EventLogClosed, OutcomeUnknown } from './event-log.port';
import type { Journal } from './journal.port';
import { encodeOuterForm } from './outer-form';
import type { TailBatch } from './tail';

export interface AppenderOptions {
  /** After this long an append answers `OutcomeUnknown` and goes on settling in the background. */
  readonly appendTimeoutMs: number;
  /** How long an acknowledged record may stay unread before the same record is sent again. */
  readonly resendAfterMs: number;
}

interface Unsettled {
  readonly id: string;
  readonly claim: Claim;
  readonly settle: (result: AppendResult) => void;
}

/**
 * Appends one event: send, then wait until our own reader has judged it. What the store acknowledged proves nothing;
 * what was read back does. While the outcome is unknown the SAME record is sent again until one copy of it, or a rival
 * at its revision, has been read; until then no other append starts on that stream in this process, because a second
 * record could be accepted after the first was given up (docs/adr/0002).
 */
export class Appender {
  readonly #unsettled = new Map<string, Unsettled>();
  readonly #queues = new Map<string, Promise<unknown>>();

  constructor(
    private readonly journal: Journal,
    private readonly acceptance: AcceptanceState,
    private readonly options: AppenderOptions,
    private readonly stopped: AbortSignal,
  ) {}

  /** Resolves with the certain outcome as read from the log; see `EventLog.append` for what callers do on rejection. */
  append(stream: StreamName, claim: Claim, event: NewEvent): Promise<AppendResult> {
    const value = encodeOuterForm(stream, claim, event);
    const settled = this.#inTurn(stream, () => this.#sendUntilSettled(stream, claim, { id: event.id, value }));
    return within(settled, this.options.appendTimeoutMs, this.stopped, stream);
  }

  /**
   * Settles what this batch decides: our own record was accepted, or a rival took its revision or closed its stream.
   * Entry by entry, never by the state after the batch: there our own record may already be the one that moved it.
   */
  onBatch(batch: TailBatch): void {
    if (this.#unsettled.size === 0) return;
    for (const entry of batch.entries) {
      if (entry.kind !== 'event') continue;
      const { stream, id, revision, terminal } = entry.event;
      const pending = this.#unsettled.get(stream);
      if (pending === undefined) continue;
      if (id === pending.id) pending.settle({ outcome: 'appended', position: entry.position, revision });
      else if (terminal || (pending.claim !== 'terminal' && revision >= pending.claim)) {
        pending.settle(this.#conflict(stream));
      }
    }
  }

  async #sendUntilSettled(
    stream: StreamName,
    claim: Claim,
    record: { readonly id: string; readonly value: Buffer },
  ): Promise<AppendResult> {
    if (this.#cannotBeAccepted(stream, claim) || this.#isAhead(stream, claim)) return this.#conflict(stream);
    const settled = Promise.withResolvers<AppendResult>();
    const pause = new Pause(this.stopped);
    const settle = (result: AppendResult): void => {
      this.#unsettled.delete(stream);
      pause.end();
      settled.resolve(result);
    };
    this.#unsettled.set(stream, { id: record.id, claim, settle });
    void this.#send(stream, record.value, pause);
    return settled.promise;
  }

  async #send(stream: StreamName, value: Buffer, pause: Pause): Promise<void> {
    for (let attempt = 0; !pause.ended; attempt += 1) {
      const sent = await this.journal.append({ key: stream, value }).then(
        () => true,
        () => false,
      );
      await pause.for(sent ? this.options.resendAfterMs : backoffMs(attempt));
    }
  }

  #cannotBeAccepted(stream: string, claim: Claim): boolean {
    const { revision, closed } = this.acceptance.of(stream);
    return closed || (claim !== 'terminal' && revision >= claim);
  }

  /** A claim beyond the next revision, or an end of a stream that we have not seen begin: sending it could only lose. */
  #isAhead(stream: string, claim: Claim): boolean {
    const { revision } = this.acceptance.of(stream);
    return claim === 'terminal' ? revision === 0 : claim > revision + 1;
  }

  #conflict(stream: string): AppendResult {
    const { revision, closed } = this.acceptance.of(stream);
    return { outcome: 'conflict', currentRevision: revision, closed };
  }

  async #inTurn<T>(stream: string, work: () => Promise<T>): Promise<T> {
    const before = this.#queues.get(stream);
    const mine = before === undefined ? work() : before.then(work);
    this.#queues.set(stream, mine);
    try {
      return await mine;
    } finally {
      if (this.#queues.get(stream) === mine) this.#queues.delete(stream);
    }
  }
}

const backoffMs = (attempt: number): number => Math.min(50 * 2 ** Math.min(attempt, 6), 2000) + randomInt(50);

/**
 * The waits of one append: they end early when it is settled or the log stops, and leave no timer behind. Not an
 * `AbortController`: aborting one costs 50 microseconds, between the read-back of a record and its head.
 */
class Pause {
  #settled = false;
  #finish: () => void = () => undefined;

  constructor(private readonly stopped: AbortSignal) {}

  get ended(): boolean {
    return this.#settled || this.stopped.aborted;
  }

  for(ms: number): Promise<void> {
    if (this.ended) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#finish(), ms);
      this.#finish = (): void => {
        clearTimeout(timer);
        this.stopped.removeEventListener('abort', this.#finish);
        resolve();
      };
      this.stopped.addEventListener('abort', this.#finish);
    });
  }

  end(): void {
    this.#settled = true;
    this.#finish();
  }
}

/** The outcome, or `OutcomeUnknown` after `ms`, or `EventLogClosed` when the log closes first. */
export const within = <T>(outcome: Promise<T>, ms: number, stopped: AbortSignal, what: string): Promise<T> =>
  new Promise((resolve, reject) => {
    const finish = (act: () => void): void => {
      clearTimeout(timer);
      stopped.removeEventListener('abort', onStop);
      act();
    };
    const onStop = (): void => finish(() => reject(stopReason(stopped)));
    const timer = setTimeout(
      () => finish(() => reject(new OutcomeUnknown(`${what}: the log has not answered within ${ms} ms`))),
      ms,
    );
    stopped.addEventListener('abort', onStop);
    outcome.then(
      (value) => finish(() => resolve(value)),
      (error: unknown) => finish(() => reject(error instanceof Error ? error : new Error(String(error)))),
    );
    if (stopped.aborted) onStop();
  });

/** Why the log stopped: it halted, or it was closed. */
export const stopReason = (stopped: AbortSignal): Error =>
  stopped.reason instanceof Error ? stopped.reason : new EventLogClosed('the event log is closed');
