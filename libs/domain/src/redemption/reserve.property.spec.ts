import fc from 'fast-check';
import { NEW_YEAR } from '../../testing';
import {
  type RateLimits, type Redemption, type Reserved, decideRate, evolveRedemption, rateFor, reserveUses, unclaimed,
  unitsInHand, unixMs,
} from '../index'; // prettier-ignore

const LENGTHS = { perMinute: 60_000, perHour: 3_600_000, perDay: 86_400_000 } as const;
const limit = fc.integer({ min: 1, max: 40 });
const limits: fc.Arbitrary<RateLimits> = fc
  .record({ perMinute: limit, perHour: limit, perDay: limit }, { requiredKeys: [] })
  .filter((its) => Object.keys(its).length > 0);
const turn = fc.record({
  validator: fc.nat(3),
  wanted: fc.integer({ min: 1, max: 60 }),
  afterMs: fc.oneof(fc.nat(2_000), fc.constantFrom(0, 0, 0, 60_000, 1_800_000)),
  /** Killed: what it holds is lost. */
  dies: fc.integer({ min: 0, max: 19 }).map((one) => one === 0),
});
const turns = fc.array(turn, { minLength: 20, maxLength: 300 });

const spent = (block: Reserved | null | undefined): Reserved => {
  if (block == null || block.units < 1) throw new Error('nothing in hand after a reservation');
  return { ...block, units: block.units - 1 };
};

/** Four validators that read the log before each use and claim when they have nothing in hand. */
const play = (its: RateLimits, steps: readonly (typeof turn extends fc.Arbitrary<infer T> ? T : never)[]) => {
  let state: Redemption = unclaimed;
  let now = NEW_YEAR;
  const held: (Reserved | null)[] = [null, null, null, null];
  const allowed: number[] = [];
  let refusedWithFree = 0;
  for (const { validator, wanted, afterMs, dies } of steps) {
    now = unixMs(now + afterMs);
    if (dies) held[validator] = null;
    const mine = held[validator] ?? null;
    if (!decideRate(its, rateFor(state, mine), now).allowed) {
      const noneElse = held.every((one, i) => i === validator || one === null);
      refusedWithFree += Number(noneElse && decideRate(its, state.rate, now).allowed);
      continue;
    }
    if (unitsInHand(its, mine, now) < 1) {
      const claimant = { codeId: 'code-1', now, validator: `v-${validator}` };
      const event = reserveUses(claimant, state, { limits: its, wanted, unspent: mine });
      if (event === undefined) throw new Error('what was judged free cannot be reserved');
      state = evolveRedemption(state, event);
      held[validator] = { units: event.data.units, at: event.data.at };
    }
    held[validator] = spent(held[validator]);
    allowed.push(now);
  }
  return { allowed, refusedWithFree };
};

describe('laws of reserved uses', () => {
  it('all validators together never allow more than the limit in a window, whoever asks, waits or dies', () => {
    fc.assert(
      fc.property(limits, turns, (its, steps) => {
        const { allowed, refusedWithFree } = play(its, steps);
        expect(refusedWithFree).toBe(0);
        for (const [name, length] of Object.entries(LENGTHS)) {
          const max = its[name as keyof RateLimits] ?? Infinity;
          const windows = Map.groupBy(allowed, (one) => Math.floor(one / length));
          for (const uses of windows.values()) expect(uses.length).toBeLessThanOrEqual(max);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('one validator alone allows exactly the limit', () => {
    fc.assert(
      fc.property(limit, fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 60, maxLength: 60 }), (max, wants) => {
        const steps = wants.map((wanted) => ({ validator: 0, wanted, afterMs: 0, dies: false }));
        expect(play({ perMinute: max }, steps).allowed).toHaveLength(max);
      }),
    );
  });

  it('what the others hold and do not spend is at most an eighth of the limit each', () => {
    fc.assert(
      fc.property(fc.integer({ min: 8, max: 400 }), fc.integer({ min: 1, max: 400 }), (max, wanted) => {
        const others = [1, 2, 3].map((validator) => ({ validator, wanted, afterMs: 0, dies: false }));
        const mine = Array.from({ length: 400 }, () => ({ validator: 0, wanted, afterMs: 0, dies: false }));
        expect(play({ perMinute: max }, [...others, ...mine]).allowed.length).toBeGreaterThanOrEqual(
          Math.min(400, max - Math.ceil((3 * max) / 8)),
        );
      }),
    );
  });
});
