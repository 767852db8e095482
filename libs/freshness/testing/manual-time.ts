import type { HostTime, MonotonicMs, WallMs } from '../src/time.port';

interface Timer {
  readonly atMs: number;
  readonly work: () => void;
}

/** The clocks of one host, moved by hand: specs advance time instead of waiting for it. */
export class ManualTime implements HostTime {
  #monotonicMs = 5_000_000;
  #wallMs = 1_700_000_000_000;
  readonly #timers = new Set<Timer>();

  readonly monotonic = { nowMs: (): MonotonicMs => this.#monotonicMs as MonotonicMs };
  readonly wall = { nowMs: (): WallMs => this.#wallMs as WallMs };
  readonly scheduler = {
    after: (delayMs: number, work: () => void): (() => void) => {
      const timer: Timer = { atMs: this.#monotonicMs + Math.max(0, delayMs), work };
      this.#timers.add(timer);
      return () => this.#timers.delete(timer);
    },
  };

  /** Timers that would keep a process alive. */
  get openTimers(): number {
    return this.#timers.size;
  }

  /** Both clocks go on, and what is due runs in order. */
  advance(durationMs: number): void {
    const endMs = this.#monotonicMs + durationMs;
    for (;;) {
      const due = [...this.#timers].filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs)[0];
      if (due === undefined) break;
      this.#timers.delete(due);
      this.#moveTo(Math.max(due.atMs, this.#monotonicMs));
      due.work();
    }
    this.#moveTo(endMs);
  }

  /** The host is paused (SIGSTOP): both clocks go on, but no timer runs. */
  pause(durationMs: number): void {
    this.#moveTo(this.#monotonicMs + durationMs);
  }

  /** The machine is suspended, or somebody sets the clock: only the wall clock moves. */
  moveWall(durationMs: number): void {
    this.#wallMs += durationMs;
  }

  #moveTo(monotonicMs: number): void {
    this.#wallMs += monotonicMs - this.#monotonicMs;
    this.#monotonicMs = monotonicMs;
  }
}
