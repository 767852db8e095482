import { NEW_YEAR } from '../../testing';
import { NO_REFUSALS, type Refusal, foldOutsideUse, milliseconds, unixMs } from '../index';

const rule = { quietMs: milliseconds(1000) };
const refusal = (ms: number, reason = 'ip_denied'): Refusal => ({
  at: unixMs(NEW_YEAR + ms),
  eventId: `e${ms}`,
  reason,
});
const alertsOf = (...refusals: readonly Refusal[]) => {
  let history = NO_REFUSALS;
  return refusals.flatMap((one) => {
    const [next, alert] = foldOutsideUse(rule, 'code/c', history, one);
    history = next;
    return alert ?? [];
  });
};

describe('use of a code outside its network', () => {
  it('is an alert at the first try', () => {
    expect(alertsOf(refusal(0))).toEqual([
      { rule: 'outside-use', entity: 'code/c', firstAt: NEW_YEAR, lastAt: NEW_YEAR, evidence: [refusal(0)] },
    ]);
  });

  it('is one alert per incident, and another one after a quiet time', () => {
    expect(alertsOf(refusal(0), refusal(999), refusal(1998))).toHaveLength(1);
    expect(alertsOf(refusal(0), refusal(999), refusal(1999))).toHaveLength(2);
  });

  it('is no other refusal, and no other refusal prolongs it', () => {
    expect(alertsOf(refusal(0, 'scope_denied'), refusal(1, 'expired'))).toEqual([]);
    expect(alertsOf(refusal(0), refusal(999, 'scope_denied'), refusal(1000))).toHaveLength(2);
  });
});
