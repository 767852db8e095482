import { NEW_YEAR } from '../../testing';
import {
  type Redemption, type RedemptionEvent, evolveRedemption, milliseconds, noteUse, rateFor, reserveUses, unclaimed,
  unitsInHand, unixMs,
} from '../index'; // prettier-ignore

const at = (ms: number) => unixMs(NEW_YEAR + ms);
const by = (ms: number) => ({ codeId: 'code-1', now: at(ms), validator: 'v-1' });
const reserved = (
  units: number,
  ms: number,
  unspent: { units: number; at: number } | null = null,
): RedemptionEvent => ({
  type: 'UsesReserved',
  data: { ...claimed(ms), units, unspent: unspent && { units: unspent.units, at: at(unspent.at) } },
});
const claimed = (ms: number) => ({ codeId: 'code-1', at: at(ms), validator: 'v-1' });
const noted = (ms: number): RedemptionEvent => ({ type: 'UseNoted', data: claimed(ms) });
const after = (...events: readonly RedemptionEvent[]): Redemption => events.reduce(evolveRedemption, unclaimed);

describe('reserving uses out of rate limits', () => {
  const ask = (state: Redemption, wanted: number, ms = 0, perMinute = 80) =>
    reserveUses(by(ms), state, { limits: { perMinute }, wanted, unspent: null })?.data.units;

  it('gives what is wanted, up to an eighth of what is free', () => {
    expect(ask(unclaimed, 3)).toBe(3);
    expect(ask(unclaimed, 50)).toBe(10);
    expect(ask(after(reserved(10, 0), reserved(6, 0)), 50)).toBe(8);
  });

  it('gives the last uses one by one, and then nothing until the window ends', () => {
    expect(ask(after(reserved(79, 0)), 50)).toBe(1);
    expect(ask(after(reserved(80, 0)), 1)).toBeUndefined();
    expect(ask(after(reserved(80, 0)), 1, 60_000)).toBe(1);
  });

  it('gives what is unspent back into the windows that still run, and only into those', () => {
    const limits = { perMinute: 8, perHour: 10 };
    const unspent = { units: 4, at: at(0) };
    const event = reserveUses(by(60_000), after(reserved(4, 0), reserved(6, 0)), { limits, wanted: 1, unspent });
    expect(event?.data).toMatchObject({ units: 1, unspent });
    const state = after(reserved(4, 0), reserved(6, 0), ...(event === undefined ? [] : [event]));
    expect(state.rate).toMatchObject({ minute: { uses: 1 }, hour: { uses: 7 } });
  });

  it('gives back nothing when nothing is unspent', () => {
    const unspent = { units: 0, at: at(0) };
    expect(reserveUses(by(0), unclaimed, { limits: { perDay: 9 }, wanted: 1, unspent })?.data.unspent).toBeNull();
  });

  it('lets a validator spend until the shortest limited window is over', () => {
    const held = { units: 3, at: at(59_000) };
    expect(unitsInHand({ perMinute: 9, perDay: 99 }, held, at(59_999))).toBe(3);
    expect(unitsInHand({ perMinute: 9, perDay: 99 }, held, at(60_000))).toBe(0);
    expect(unitsInHand({ perDay: 99 }, held, at(3_600_000))).toBe(3);
    expect(unitsInHand({ perMinute: 9 }, null, at(0))).toBe(0);
  });

  it('counts against a validator what the others have reserved, and not its own', () => {
    const state = after(reserved(5, 0), reserved(3, 1));
    expect(rateFor(state, { units: 3, at: at(1) }).minute.uses).toBe(5);
    expect(rateFor(state, null).minute.uses).toBe(8);
  });
});

describe('noting that a code is in use', () => {
  const idle = (ms: number | null) => ({ idleTimeoutMs: ms === null ? null : milliseconds(ms), sessionLimitMs: null });
  const session = { idleTimeoutMs: null, sessionLimitMs: milliseconds(1000) };

  it('is needed at the first use, for a session and for an idle time-out', () => {
    expect(noteUse(by(5), unclaimed, session)).toEqual(noted(5));
    expect(noteUse(by(5), unclaimed, idle(1000))).toEqual(noted(5));
    expect(noteUse(by(5), unclaimed, idle(null))).toBeUndefined();
  });

  it('is needed again for an idle time-out when a twentieth of it has passed, whatever claim was the last', () => {
    expect(noteUse(by(999), after(noted(0)), idle(20_000))).toBeUndefined();
    expect(noteUse(by(1000), after(noted(0)), idle(20_000))).toEqual(noted(1000));
    expect(noteUse(by(1000), after(reserved(1, 500)), idle(20_000))).toBeUndefined();
    expect(noteUse(by(10_000), after(noted(0)), session)).toBeUndefined();
  });

  it('keeps the first time for ever, and the newest whatever the order', () => {
    expect(after(noted(5), reserved(1, 9), noted(7))).toMatchObject({ firstUsedAt: at(5), lastNotedAt: at(9) });
  });
});
