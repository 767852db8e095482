import fc from 'fast-check';
import { NEW_YEAR } from '../../testing';
import { NO_REQUESTS, type RequestRateAlert, type Requests, foldRequests, unixMs } from '../index';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const rule = { requestsPerHourMax: 3 };
const requests = (ms: number, count = 1): Requests => ({ at: unixMs(NEW_YEAR + ms), count, eventId: `e${ms}` });
const fold = (all: readonly Requests[]) => {
  let history = NO_REQUESTS;
  const alerts = all.flatMap((one): readonly RequestRateAlert[] => {
    const [next, alert] = foldRequests(rule, 'code/c', history, one);
    history = next;
    return alert === undefined ? [] : [alert];
  });
  return { alerts, history };
};
const alertsOf = (...all: readonly Requests[]): readonly RequestRateAlert[] => fold(all).alerts;

describe('request rate', () => {
  it('is an alert when more requests than the limit come within an hour', () => {
    expect(alertsOf(requests(0), requests(1), requests(2))).toEqual([]);
    expect(alertsOf(requests(0), requests(1), requests(2), requests(HOUR - 1))).toMatchObject([
      { rule: 'request-rate', entity: 'code/c', firstAt: NEW_YEAR, requests: 4, eventId: `e${HOUR - 1}` },
    ]);
  });

  it('counts many at once as many as they are', () => {
    expect(alertsOf(requests(0, 3))).toEqual([]);
    expect(alertsOf(requests(0, 4))).toHaveLength(1);
  });

  it('is no alert for as many in more than an hour', () => {
    expect(alertsOf(requests(0), requests(1), requests(2), requests(HOUR))).toEqual([]);
  });

  it('is one alert per incident, and another one after an hour within the limit', () => {
    const busy = Array.from({ length: 300 }, (_, i) => requests(i * MINUTE));
    expect(alertsOf(...busy)).toHaveLength(1);
    expect(alertsOf(requests(0, 4), requests(2 * HOUR, 4))).toHaveLength(2);
  });

  it('in order of time never alerts falsely, and misses no hour of whole minutes', () => {
    const steps = fc.array(fc.tuple(fc.nat(40 * MINUTE), fc.integer({ min: 1, max: 3 })), { maxLength: 60 });
    fc.assert(
      fc.property(steps, (all) => {
        let now = 0;
        const asked = all.map(([step, count]) => requests((now += step), count));
        const { alerts, history } = fold(asked);
        const within = (end: number, ms: number): number =>
          asked.filter(({ at }) => at <= end && at > end - ms).reduce((sum, { count }) => sum + count, 0);
        for (const { lastAt } of alerts) expect(within(lastAt, HOUR)).toBeGreaterThan(rule.requestsPerHourMax);
        if (asked.some(({ at }) => within(at, HOUR - MINUTE) > rule.requestsPerHourMax)) {
          expect(alerts.length).toBeGreaterThan(0);
        }
        expect(history.minutes.length).toBeLessThanOrEqual(60);
      }),
      { numRuns: 500 },
    );
  });

  it('gives the same alerts at every replay, in whatever order the requests arrived', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(3 * HOUR), { maxLength: 40 }), (instants) => {
        const asked = instants.map((ms) => requests(ms));
        expect(fold(asked)).toEqual(fold(asked));
      }),
    );
  });
});
