import { DAY, HOUR, MINUTE, type Milliseconds, type UnixMs, milliseconds, unixMs } from '../shared/time';

/** Uses per window; an absent limit does not limit. */
export interface RateLimits {
  readonly perMinute?: number;
  readonly perHour?: number;
  readonly perDay?: number;
}

/** Uses counted in the present fixed window of each length; windows start at multiples of their length since 1970. */
export interface RateUse {
  readonly minute: WindowUse;
  readonly hour: WindowUse;
  readonly day: WindowUse;
}

export interface WindowUse {
  readonly window: number;
  readonly uses: number;
}

export type RateDecision =
  | { readonly allowed: true; readonly remaining: number | undefined }
  | { readonly allowed: false; readonly retryAfterMs: Milliseconds };

const NONE: WindowUse = { window: -1, uses: 0 };
export const NO_RATE_USE: RateUse = { minute: NONE, hour: NONE, day: NONE };

const WINDOWS = [
  ['minute', 'perMinute', MINUTE],
  ['hour', 'perHour', HOUR],
  ['day', 'perDay', DAY],
] as const;

/**
 * May one more use pass now? Fixed windows: over any span of one window length at most twice the limit passes, and
 * within each clock-aligned window never more than the limit. The fullest window decides; its end is the retry time.
 * A clock that steps back stays in the newest window it has reached: going back must not give the uses back.
 */
export const decideRate = (limits: RateLimits, use: RateUse, now: UnixMs): RateDecision => {
  let remaining: number | undefined;
  let retryAfterMs = 0;
  for (const [name, limit, length] of WINDOWS) {
    const max = limits[limit];
    if (max === undefined) continue;
    const window = Math.max(Math.floor(now / length), use[name].window);
    const uses = window > use[name].window ? 0 : use[name].uses;
    if (uses >= max) retryAfterMs = Math.max(retryAfterMs, (window + 1) * length - now);
    else remaining = Math.min(remaining ?? Infinity, max - uses - 1);
  }
  return retryAfterMs > 0 ? { allowed: false, retryAfterMs: milliseconds(retryAfterMs) } : { allowed: true, remaining };
};

/** The counts after uses that passed, or were reserved. Refused uses are not counted. */
export const countUse = (use: RateUse, now: UnixMs, units = 1): RateUse => ({
  minute: counted(current(use.minute, now, MINUTE), units),
  hour: counted(current(use.hour, now, HOUR), units),
  day: counted(current(use.day, now, DAY), units),
});

/**
 * The counts without uses that were counted at `then` and did not happen. A window that is over, or that was not the
 * newest when they were counted, keeps them: what cannot be told is held against the code.
 */
export const uncountUse = (use: RateUse, then: UnixMs, units: number): RateUse => ({
  minute: uncounted(use.minute, Math.floor(then / MINUTE), units),
  hour: uncounted(use.hour, Math.floor(then / HOUR), units),
  day: uncounted(use.day, Math.floor(then / DAY), units),
});

/** When the shortest window that is limited and holds `now` ends; undefined without a limit. */
export const shortestWindowEndsAt = (limits: RateLimits, now: UnixMs): UnixMs | undefined => {
  const shortest = WINDOWS.find(([, limit]) => limits[limit] !== undefined);
  return shortest === undefined ? undefined : unixMs((Math.floor(now / shortest[2]) + 1) * shortest[2]);
};

const current = (use: WindowUse, now: UnixMs, length: Milliseconds): WindowUse => {
  const window = Math.floor(now / length);
  return window > use.window ? { window, uses: 0 } : use;
};

const counted = ({ window, uses }: WindowUse, units: number): WindowUse => ({ window, uses: uses + units });

const uncounted = (use: WindowUse, window: number, units: number): WindowUse =>
  use.window === window ? { window, uses: Math.max(0, use.uses - units) } : use;
