import { type RedeemCommand, type RedemptionEvent, redemption } from '../index';
import { NEW_YEAR, specificationOf } from '../../testing';

const { given } = specificationOf(redemption);
const redeem = (requestId: string, changes: Partial<RedeemCommand> = {}): RedeemCommand => ({
  type: 'Redeem',
  codeId: 'code-1',
  now: NEW_YEAR,
  units: 1,
  usesMax: 1,
  requestId,
  validator: 'v-1',
  ...changes,
});
const redeemed = (requestId: string, units = 1): RedemptionEvent => ({
  type: 'CodeRedeemed',
  data: { codeId: 'code-1', at: NEW_YEAR, units, requestId, validator: 'v-1' },
});

describe('redemption', () => {
  it('takes the one use of a single-use code', () => given().when(redeem('r1')).then(redeemed('r1')));
  it('gives no second one', () => void given(redeemed('r1')).when(redeem('r2')).thenRejects('wrong-state'));
  it('answers a retry of the winner as before, without a second unit', () =>
    given(redeemed('r1')).when(redeem('r1')).thenNothing());
  it('of a retry, also when the budget is used up by now', () =>
    given(redeemed('r1'), redeemed('r2'))
      .when(redeem('r1', { usesMax: 2 }))
      .thenNothing());

  it('gives exactly as many units as there are', () => {
    given(redeemed('r1', 2))
      .when(redeem('r2', { usesMax: 3 }))
      .then(redeemed('r2'));
    given(redeemed('r1', 2), redeemed('r2'))
      .when(redeem('r3', { usesMax: 3 }))
      .thenRejects('wrong-state');
    given(redeemed('r1', 2))
      .when(redeem('r2', { usesMax: 3, units: 2 }))
      .thenRejects('wrong-state');
  });

  it.each([0, -1, -5, 0.5, Number.NaN, Infinity])('gives no %d units: a budget never grows back', (units) => {
    given(redeemed('r1'))
      .when(redeem('r2', { usesMax: 5, units }))
      .thenRejects('invalid-value', 'units');
  });

  it('gives nothing of a budget that is no number', () => {
    given()
      .when(redeem('r1', { usesMax: Number.NaN }))
      .thenRejects('wrong-state');
  });

  it('remembers the newest 64 requests', () => {
    const history = Array.from({ length: 64 }, (_, i) => redeemed(`r${i}`));
    given(...history)
      .when(redeem('r0', { usesMax: 100 }))
      .thenNothing();
    given(...history, redeemed('r64'))
      .when(redeem('r0', { usesMax: 100 }))
      .then(redeemed('r0'));
    expect(given(...history, redeemed('r64')).state.used).toBe(65);
  });
});
