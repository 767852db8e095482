import { asMonotonic, type MonotonicMs, type WallMs } from './brand';

export type { MonotonicMs, WallMs };

/** Never goes back, does not follow NTP steps; stands still while a machine is suspended. Its origin means nothing. */
export interface MonotonicClock {
  nowMs(): MonotonicMs;
}

/** Milliseconds since 1970 as the host believes. */
export interface WallClock {
  nowMs(): WallMs;
}

/** All waiting goes through here, so that specs can advance time and close leaves no timer behind. */
export interface Scheduler {
  /** Runs `work` once, not before `delayMs` have passed; the returned function cancels it and may be called twice. */
  after(delayMs: number, work: () => void): () => void;
}

export interface HostTime {
  readonly monotonic: MonotonicClock;
  readonly wall: WallClock;
  readonly scheduler: Scheduler;
}

/** One instant as both clocks of this host tell it. */
export interface Moment {
  readonly monotonicMs: MonotonicMs;
  readonly wallMs: WallMs;
}

/** The instant `durationMs` after `instant`, on the same clock. */
export const later = (instant: MonotonicMs, durationMs: number): MonotonicMs => asMonotonic(instant + durationMs);

/** Now, before a sending: wall clock first, so that a sleep between the two readings counts against a lease. */
export const momentBefore = ({ monotonic, wall }: HostTime): Moment => {
  const wallMs = wall.nowMs();
  return { wallMs, monotonicMs: monotonic.nowMs() };
};

/** Now, at a look: wall clock last, for the same reason. */
export const momentAtLook = ({ monotonic, wall }: HostTime): Moment => {
  const monotonicMs = monotonic.nowMs();
  return { monotonicMs, wallMs: wall.nowMs() };
};
