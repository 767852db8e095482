import { DAY, HOUR, MINUTE, type RateLimits, type RateUse } from '@openclaw/domain';

const WINDOWS = [
  ['minute', 'perMinute', MINUTE],
  ['hour', 'perHour', HOUR],
  ['day', 'perDay', DAY],
] as const;

/** End, milliseconds since 1970, of the window that leaves the fewest uses now; undefined without a rate limit. */
export const rateResetsAt = (limits: RateLimits, use: RateUse, nowMs: number): number | undefined => {
  let [fewest, endsAt]: [number, number | undefined] = [Infinity, undefined];
  for (const [name, limit, lengthMs] of WINDOWS) {
    const [max, window] = [limits[limit], Math.floor(nowMs / lengthMs)];
    if (max === undefined) continue;
    const left = max - (use[name].window === window ? use[name].uses : 0);
    if (left < fewest) [fewest, endsAt] = [left, (window + 1) * lengthMs];
  }
  return endsAt;
};
