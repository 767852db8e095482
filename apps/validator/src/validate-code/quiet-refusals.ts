import { strangerReason } from '@openclaw/domain';
import type { Caller } from '../callers/known-callers';
import type { Decision } from './decision';

/** Longer than any of the work behind a refusal: a hash, a look-up, a record on disk. */
const FLOOR_MS = 20;
/** Held refusals leave at the ticks of a clock that nobody's work starts, resets or moves. */
const TICK_MS = 5;

interface Held {
  readonly begunAtMs: number;
  readonly leave: () => void;
}

/**
 * Refusals that must tell a stranger nothing, neither by their bytes nor by their time (INVARIANTS I11): all those that
 * he sees as `invalid_code`. An unknown code is counted and costs next to nothing, a revoked one is hashed, looked up
 * and recorded on disk; so each leaves at the first tick that is `FLOOR_MS` after its request came. That instant is
 * settled when the request comes, before anybody knows what it is; and so is the place among those that leave with it. A disk that needs longer than `FLOOR_MS` for a
 * record is outside of this promise. Judged by experiment 18, which compares the times of the reasons (Welch's t-test).
 *
 * Auditors are told the reason anyway and do not wait; nor does anything that is allowed.
 */
export class QuietRefusals {
  /** Tick -> who leaves at it. */
  readonly #held = new Map<number, Held[]>();

  /** Resolves when the decision on a request that came at `begunAtMs` may be told; undefined: at once. */
  hold({ reason }: Decision, caller: Caller, begunAtMs: number): Promise<void> | undefined {
    if (reason === undefined || caller.auditor || strangerReason(reason) !== 'invalid_code') return undefined;
    const next = Math.floor(performance.now() / TICK_MS) + 1;
    const tick = Math.max(next, Math.ceil((begunAtMs + FLOOR_MS) / TICK_MS));
    const group = this.#held.get(tick) ?? this.#arm(tick);
    return new Promise((leave) => group.push({ begunAtMs, leave }));
  }

  #arm(tick: number): Held[] {
    const group: Held[] = [];
    this.#held.set(tick, group);
    const leave = (): void => {
      const leftMs = tick * TICK_MS - performance.now();
      // A timer counts from the last turn of the event loop, so it may be a millisecond early.
      if (leftMs > 0) setTimeout(leave, Math.ceil(leftMs));
      else {
        this.#held.delete(tick);
        // In the order they came, not in that of the work: who comes first in a tick is answered first.
        for (const one of group.toSorted((a, b) => a.begunAtMs - b.begunAtMs)) one.leave();
      }
    };
    leave();
    return group;
  }
}
