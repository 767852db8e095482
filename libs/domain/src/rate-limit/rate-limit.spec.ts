import { NEW_YEAR } from '../../testing';
import { NO_RATE_USE, type RateLimits, type RateUse, countUse, decideRate, unixMs } from '../index';

const at = (ms: number) => unixMs(NEW_YEAR + ms);
/** The counts after uses at these milliseconds of the year. */
const used = (...instants: readonly number[]): RateUse =>
  instants.reduce((use, ms) => countUse(use, at(ms)), NO_RATE_USE);
const decide = (limits: RateLimits, use: RateUse, ms: number) => decideRate(limits, use, at(ms));

describe('rate limit', () => {
  it('without a limit lets everything pass and promises no number', () => {
    expect(decide({}, used(...Array.from({ length: 1000 }, () => 0)), 0)).toEqual({ allowed: true });
  });

  it('says how many are left after this one', () => {
    expect(decide({ perMinute: 3 }, NO_RATE_USE, 0)).toEqual({ allowed: true, remaining: 2 });
    expect(decide({ perMinute: 3 }, used(0, 0), 0)).toEqual({ allowed: true, remaining: 0 });
  });

  it('lets exactly the limit pass in a window', () => {
    expect(decide({ perMinute: 2 }, used(0), 59_999).allowed).toBe(true);
    expect(decide({ perMinute: 2 }, used(0, 1), 59_999).allowed).toBe(false);
  });

  it('begins anew with the next aligned window', () => {
    expect(decide({ perMinute: 1 }, used(59_999), 60_000)).toEqual({ allowed: true, remaining: 0 });
    expect(decide({ perHour: 1 }, used(3_599_999), 3_600_000)).toEqual({ allowed: true, remaining: 0 });
    expect(decide({ perDay: 1 }, used(86_399_999), 86_400_000)).toEqual({ allowed: true, remaining: 0 });
  });

  it('says when to come back: at the end of the window', () => {
    expect(decide({ perMinute: 1 }, used(0), 12_345)).toEqual({ allowed: false, retryAfterMs: 47_655 });
    expect(decide({ perHour: 1 }, used(0), 12_345)).toEqual({ allowed: false, retryAfterMs: 3_587_655 });
    expect(decide({ perMinute: 1 }, used(0), 59_999)).toEqual({ allowed: false, retryAfterMs: 1 });
  });

  it('of several full windows names the last to open, because no earlier try can pass', () => {
    const limits = { perMinute: 1, perHour: 1, perDay: 1 };
    expect(decide(limits, used(0), 0)).toEqual({ allowed: false, retryAfterMs: 86_400_000 });
    expect(decide({ perMinute: 1, perHour: 2 }, used(0), 0)).toEqual({ allowed: false, retryAfterMs: 60_000 });
  });

  it('of several windows promises the scarcest', () => {
    expect(decide({ perMinute: 5, perHour: 3, perDay: 9 }, used(0), 0)).toEqual({ allowed: true, remaining: 1 });
  });

  it('counts each window on its own', () => {
    expect(used(0, 1, 60_000, 3_600_000)).toEqual({
      minute: { window: (NEW_YEAR + 3_600_000) / 60_000, uses: 1 },
      hour: { window: (NEW_YEAR + 3_600_000) / 3_600_000, uses: 1 },
      day: { window: NEW_YEAR / 86_400_000, uses: 4 },
    });
  });

  it('gives nothing back when the clock steps back', () => {
    const full = used(60_000, 60_000);
    expect(decide({ perMinute: 2 }, full, 59_999)).toEqual({ allowed: false, retryAfterMs: 60_001 });
    expect(decide({ perMinute: 3 }, used(60_000, 60_000, 59_999), 60_001).allowed).toBe(false);
  });
});
