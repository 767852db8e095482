/**
 * THE LOG'S TIME: expiry and not-before are judged by the clock of the log, not of the host, so that all replicas agree
 * (ARCHITECTURE section 7). Now = the append time of the validator's own last renewal + the monotonic time since the
 * renewal was SENT. Pure.
 *
 * Why from the sending. The append happened at some instant after it, so the sum is never behind the log's clock: a code
 * is never honoured after its expiry. It is ahead by no more than the renewal took to be appended: milliseconds, and
 * less than L, because a renewal that took longer is not used. It never goes back: a sample that would take it back (a
 * shorter way, a new leader whose clock is behind) holds it until time has caught up.
 */
import type { MonotonicMs } from './time.port';

/** A host clock further off than this is an alarm, in milliseconds. */
export const HOST_CLOCK_OFF_MAX_MS = 1000;

export interface ClockSample {
  /** The store's clock at the append of our renewal, milliseconds since 1970. */
  readonly appendedAtMs: number;
  readonly sentAtMs: MonotonicMs;
}

export class LogClock {
  #sample: ClockSample | undefined;
  #latestMs = -Infinity;

  /** Takes the append time of a renewal that was read back; samples in the order of sending. */
  observe(sample: ClockSample): void {
    this.#sample = sample;
  }

  /** Milliseconds since 1970 by the log's clock at the monotonic instant `at`; undefined before the first sample. */
  nowMs(at: MonotonicMs): number | undefined {
    if (this.#sample === undefined) return undefined;
    const { appendedAtMs, sentAtMs } = this.#sample;
    this.#latestMs = Math.max(this.#latestMs, appendedAtMs + (at - sentAtMs));
    return this.#latestMs;
  }
}
