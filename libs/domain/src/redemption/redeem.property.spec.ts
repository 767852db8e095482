import fc from 'fast-check';
import { NEW_YEAR, historyOf, stateAfter } from '../../testing';
import { type RedeemCommand, redemption, unitsLeft } from './index';

const claims = (usesMax: number): fc.Arbitrary<readonly RedeemCommand[]> =>
  fc.array(
    fc.record({
      type: fc.constant('Redeem' as const),
      codeId: fc.constant('code-1'),
      now: fc.constant(NEW_YEAR),
      units: fc.integer({ min: -1, max: 4 }),
      usesMax: fc.constant(usesMax),
      requestId: fc.nat(30).map((id) => `request ${id}`),
      validator: fc.constantFrom('v-1', 'v-2'),
    }),
    { maxLength: 40 },
  );

const budgets = fc.integer({ min: 1, max: 20 }).chain((usesMax) => fc.tuple(fc.constant(usesMax), claims(usesMax)));

describe('laws of redemption', () => {
  it('never more units than the budget, however they are claimed', () => {
    fc.assert(
      fc.property(budgets, ([usesMax, commands]) => {
        const { used } = stateAfter(redemption, historyOf(redemption, commands));
        expect(used).toBeLessThanOrEqual(usesMax);
      }),
    );
  });

  it('no request has units twice', () => {
    fc.assert(
      fc.property(budgets, ([, commands]) => {
        const ids = historyOf(redemption, commands).map((event) => 'requestId' in event.data && event.data.requestId);
        expect(new Set(ids).size).toBe(ids.length);
      }),
    );
  });

  it('the last unit goes to somebody: whoever asks for what is left gets it', () => {
    fc.assert(
      fc.property(budgets, ([usesMax, commands]) => {
        const state = stateAfter(redemption, historyOf(redemption, commands));
        const units = unitsLeft(state, usesMax);
        const last = { type: 'Redeem', codeId: 'code-1', now: NEW_YEAR, units, usesMax, requestId: 'last', validator: 'v' };
        expect(redemption.decide({ ...last, type: 'Redeem' }, state).ok).toBe(units > 0);
      }),
    ); // prettier-ignore
  });

  it('replay of any split is replay of all, and unknown events change nothing', () => {
    const foreign = fc.record({ type: fc.string(), data: fc.anything() }) as fc.Arbitrary<never>;
    fc.assert(
      fc.property(budgets, fc.nat(40), foreign, ([, commands], cut, unknown) => {
        const history = historyOf(redemption, commands);
        const state = stateAfter(redemption, history.slice(0, cut));
        expect(redemption.evolve(state, unknown)).toBe(state);
        expect(stateAfter(redemption, history.slice(cut), state)).toEqual(stateAfter(redemption, history));
      }),
    );
  });
});
