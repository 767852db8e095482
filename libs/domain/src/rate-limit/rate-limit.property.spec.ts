import fc from 'fast-check';
import { NEW_YEAR } from '../../testing';
import { NO_RATE_USE, type RateLimits, type UnixMs, countUse, decideRate, unixMs } from '../index';

const LENGTHS = { perMinute: 60_000, perHour: 3_600_000, perDay: 86_400_000 } as const;
const NAMES = ['perMinute', 'perHour', 'perDay'] as const;

const limit = fc.integer({ min: 1, max: 4 });
const limits: fc.Arbitrary<RateLimits> = fc.record(
  { perMinute: limit, perHour: limit, perDay: limit },
  { requiredKeys: [] },
);
/** Steps of seconds to hours, so that windows fill and pass. */
const step = fc.oneof(fc.nat(20_000), fc.constantFrom(0, 1, 30_000, 60_000, 1_800_000, 3_600_000, 43_200_000));
const forward = fc.array(step, { minLength: 1, maxLength: 60 });
const anyOrder = fc.array(fc.tuple(step, fc.boolean()), { minLength: 1, maxLength: 60 });

const walk = (steps: readonly number[]): readonly UnixMs[] => {
  let now = NEW_YEAR + 12_345;
  return steps.map((ms) => unixMs((now += ms)));
};

/** The uses that pass when every instant tries one. */
const passedOf = (its: RateLimits, instants: readonly UnixMs[]): readonly UnixMs[] => {
  let use = NO_RATE_USE;
  return instants.filter((now) => {
    if (!decideRate(its, use, now).allowed) return false;
    use = countUse(use, now);
    return true;
  });
};

const windowOf = (now: number, name: keyof RateLimits): number => Math.floor(now / LENGTHS[name]);

/** Slow and plain: a use passes iff every limited window that it lies in has passed fewer than its limit. */
const naive = (its: RateLimits, instants: readonly UnixMs[]): readonly UnixMs[] => {
  const passed: UnixMs[] = [];
  for (const now of instants) {
    const isFree = NAMES.every(
      (name) => passed.filter((one) => windowOf(one, name) === windowOf(now, name)).length < (its[name] ?? Infinity),
    );
    if (isFree) passed.push(now);
  }
  return passed;
};

/** The largest number of uses in one window of each length. */
const fullest = (passed: readonly number[], name: keyof RateLimits): number =>
  Math.max(0, ...passed.map((one) => passed.filter((two) => windowOf(two, name) === windowOf(one, name)).length));

describe('laws of rate limits', () => {
  it('never more than the limit passes inside one aligned window, and no use is refused without need', () => {
    fc.assert(
      fc.property(limits, forward, (its, steps) => {
        const passed = passedOf(its, walk(steps));
        for (const name of NAMES) expect(fullest(passed, name)).toBeLessThanOrEqual(its[name] ?? Infinity);
        expect(passed).toEqual(naive(its, walk(steps)));
      }),
      { numRuns: 1000 },
    );
  });

  it('with a clock that steps back, too: each use counts in the newest window reached so far', () => {
    fc.assert(
      fc.property(limits, anyOrder, (its, steps) => {
        const instants = walk(steps.map(([ms, isBack]) => (isBack ? -ms : ms)));
        let use = NO_RATE_USE;
        let newest = -Infinity;
        const counted = instants.flatMap((now) => {
          if (!decideRate(its, use, now).allowed) return [];
          use = countUse(use, now);
          newest = Math.max(newest, now);
          return [newest];
        });
        for (const name of NAMES) expect(fullest(counted, name)).toBeLessThanOrEqual(its[name] ?? Infinity);
      }),
      { numRuns: 1000 },
    );
  });

  it('a refusal is over after the time it names, and not a millisecond before', () => {
    let refused = 0;
    fc.assert(
      fc.property(limits, forward, step, (its, steps, more) => {
        const instants = walk(steps);
        const use = passedOf(its, instants).reduce(countUse, NO_RATE_USE);
        const now = unixMs((instants.at(-1) ?? NEW_YEAR) + more);
        const decision = decideRate(its, use, now);
        if (decision.allowed) return;
        refused += 1;
        expect(decision.retryAfterMs).toBeGreaterThan(0);
        expect(decideRate(its, use, unixMs(now + decision.retryAfterMs)).allowed).toBe(true);
        expect(decideRate(its, use, unixMs(now + decision.retryAfterMs - 1)).allowed).toBe(false);
      }),
      { numRuns: 1000 },
    );
    expect(refused).toBeGreaterThan(100); // or the law was hardly asked
  });

  it('what remains is what may still pass at this instant', () => {
    fc.assert(
      fc.property(limits, forward, (its, steps) => {
        const instants = walk(steps);
        const use = passedOf(its, instants).reduce(countUse, NO_RATE_USE);
        const now = instants.at(-1) ?? NEW_YEAR;
        const decision = decideRate(its, use, now);
        if (!decision.allowed) return;
        expect(decision.remaining === undefined).toBe(NAMES.every((name) => its[name] === undefined));
        if (decision.remaining === undefined) return;
        const tries = Array.from({ length: 20 }, () => now);
        let present = use;
        const passing = tries.filter((one) => {
          if (!decideRate(its, present, one).allowed) return false;
          present = countUse(present, one);
          return true;
        });
        expect(passing).toHaveLength(decision.remaining + 1);
      }),
    );
  });
});
