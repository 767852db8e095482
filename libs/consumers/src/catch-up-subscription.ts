import {
  type EventLog,
  type FollowBatch,
  type FollowStart,
  type LogHead,
  type Position,
  positionAt,
} from '@openclaw/event-log';
import { readAhead } from './read-ahead';

export interface Lag {
  /** Last position that was handled; -1 before the first. */
  readonly position: Position;
  /** Records of the log that are not handled yet, as far as its end is known. */
  readonly records: number;
  /** How long, in milliseconds, this consumer has been behind; 0 when it is not. Keeps growing while it is stuck. */
  readonly behindForMs: number;
}

export interface CatchUpOptions {
  readonly log: EventLog;
  readonly after: FollowStart;
  /** Handles one batch; it is called again only after it has resolved. A rejection ends the subscription with it. */
  readonly handle: (batch: FollowBatch) => Promise<void> | void;
  readonly nowMs?: () => number;
}

/**
 * Follows the log from a saved place through `handle`, one batch at a time, and tells how far it is. It never skips:
 * when `handle` or the log fails, it stops and `ended` rejects; the owner decides whether the process must end.
 */
export class CatchUpSubscription {
  /** Resolves after `stop`; rejects when the log halts or `handle` fails. Must be observed. */
  readonly ended: Promise<void>;
  readonly #stop = new AbortController();
  readonly #waiting = new Set<() => void>();
  readonly #nowMs: () => number;
  #handled: LogHead;
  #caughtUpOnce = false;
  #behindSinceMs: number | undefined;
  /** Newest end of the log that the store has told. */
  #endTold = -1;
  #done = false;

  constructor(private readonly options: CatchUpOptions) {
    this.#nowMs = options.nowMs ?? (() => performance.now());
    const start = options.after === 'beginning' ? { position: positionAt(-1), chainHash: '' } : options.after;
    this.#handled = { logId: options.log.logId, ...start };
    this.#behindSinceMs = this.#nowMs();
    this.ended = this.#run();
    this.ended.catch(() => undefined);
  }

  /** Place and chain hash of the last handled batch. */
  head(): LogHead {
    return this.#handled;
  }

  /** True after the end that the subscription met at its start has been handled. */
  get caughtUpOnce(): boolean {
    return this.#caughtUpOnce;
  }

  /**
   * The lag behind the end that the store tells now, and not only behind what this process has read; undefined when it
   * does not answer within `withinMs`, so that nobody can know.
   */
  async measuredLag(withinMs: number): Promise<Lag | undefined> {
    const { end } = await this.options.log.readiness(withinMs);
    if (end === undefined) return undefined;
    this.#endTold = Math.max(this.#endTold, end);
    return this.lag();
  }

  /** The lag as far as this process knows. */
  lag(): Lag {
    const end = Math.max(this.options.log.head().position, this.#endTold);
    const records = Math.max(end - this.#handled.position, 0);
    if (records === 0 && this.#caughtUpOnce) this.#behindSinceMs = undefined;
    else this.#behindSinceMs ??= this.#nowMs();
    const behindForMs = this.#behindSinceMs === undefined ? 0 : this.#nowMs() - this.#behindSinceMs;
    return { position: this.#handled.position, records, behindForMs };
  }

  /** Resolves when `position` is handled; rejects when `signal` aborts or the subscription ends first. */
  async reached(position: Position, signal: AbortSignal): Promise<void> {
    await this.#until(() => this.#handled.position >= position, signal);
  }

  /** Resolves when the end that the subscription met at its start is handled. */
  async caughtUp(signal: AbortSignal): Promise<void> {
    await this.#until(() => this.#caughtUpOnce, signal);
  }

  /** Lets the batch in hand finish, then ends. Safe to call again. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.ended.catch(() => undefined);
  }

  async #run(): Promise<void> {
    try {
      for await (const batch of readAhead(this.options.log.follow(this.options.after, this.#stop.signal))) {
        await this.#take(batch);
        if (this.#stop.signal.aborted) break;
      }
    } finally {
      this.#done = true;
      this.#wake();
    }
  }

  async #take(batch: FollowBatch): Promise<void> {
    try {
      await this.options.handle(batch);
    } catch (error) {
      this.#stop.abort(); // ends the request for the next batch
      throw error;
    }
    this.#handled = batch.head;
    this.#caughtUpOnce ||= batch.caughtUp;
    if (batch.caughtUp && batch.head.position >= this.#endTold) this.#behindSinceMs = undefined;
    this.#wake();
  }

  async #until(condition: () => boolean, signal: AbortSignal): Promise<void> {
    while (!condition()) {
      signal.throwIfAborted();
      if (this.#done) throw new Error('the subscription has ended');
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          this.#waiting.delete(wake);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        this.#waiting.add(wake);
        signal.addEventListener('abort', wake);
      });
    }
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
  }
}
