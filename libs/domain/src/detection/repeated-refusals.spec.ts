import fc from 'fast-check';
import { NEW_YEAR } from '../../testing';
import { NO_REFUSALS, type Refusal, type RefusalAlert, foldRefusal, milliseconds, unixMs } from '../index';

const WINDOW = 1000;
const rule = { refusalsMin: 3, windowMs: milliseconds(WINDOW) };
const refusals = (...instants: readonly number[]): readonly Refusal[] =>
  instants.map((ms, i) => ({ at: unixMs(NEW_YEAR + ms), eventId: `e${i}`, reason: 'ip_denied' }));

const alertsOf = (...instants: readonly number[]): readonly RefusalAlert[] => {
  let history = NO_REFUSALS;
  return refusals(...instants).flatMap((refusal) => {
    const [next, alert] = foldRefusal(rule, 'code/c', history, refusal);
    history = next;
    return alert ?? [];
  });
};
const ms = (instant: number): number => instant - NEW_YEAR;

describe('repeated refusals', () => {
  it('are an alert from the threshold on, with the refusals as evidence, oldest first', () => {
    expect(alertsOf(0, 1)).toEqual([]);
    expect(alertsOf(0, 1, 2)).toEqual([
      {
        rule: 'repeated-refusals',
        entity: 'code/c',
        firstAt: NEW_YEAR,
        lastAt: NEW_YEAR + 2,
        evidence: refusals(0, 1, 2),
      },
    ]);
  });

  it('count when less than a window apart', () => {
    expect(alertsOf(0, 500, 999)).toHaveLength(1);
    expect(alertsOf(0, 500, 1000)).toEqual([]);
    expect(alertsOf(0, 500, 1000, 1400)).toHaveLength(1);
  });

  it('are one alert per incident, however long it lasts', () => {
    const hammering = Array.from({ length: 1000 }, (_, i) => i * 999);
    expect(alertsOf(0, 1, 2, ...hammering.map((at) => at + 3))).toHaveLength(1);
  });

  it('are another incident once a whole window has passed without a refusal', () => {
    expect(alertsOf(0, 1, 2, 1001, 1002, 1003)).toHaveLength(1);
    expect(alertsOf(0, 1, 2, 1002, 1003, 1004)).toHaveLength(2);
  });

  it('are no incident when only the late one joins what lies apart in time', () => {
    expect(alertsOf(10_000, 10_001, 0)).toEqual([]);
    expect(alertsOf(10_000, 0, 1)).toEqual([]);
  });

  it('count when they come late, in their place in time', () => {
    const [alert] = alertsOf(500, 501, 100);
    expect(alert && [ms(alert.firstAt), ms(alert.lastAt), alert.evidence.map(({ at }) => ms(at))]).toEqual([
      100,
      501,
      [100, 500, 501],
    ]);
  });

  it('that come late do not end an incident early', () => {
    expect(alertsOf(0, 900, 950, 100, 1800, 1801, 1802)).toHaveLength(1);
  });

  it('give the same alerts at every replay, and need little memory', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(10_000), { maxLength: 100 }), (instants) => {
        expect(alertsOf(...instants)).toEqual(alertsOf(...instants));
        const last = refusals(...instants).reduce(
          (history, one) => foldRefusal(rule, 'code/c', history, one)[0],
          NO_REFUSALS,
        );
        expect(last.refusals.length).toBeLessThan(rule.refusalsMin);
      }),
    );
  });

  it('in order of time: alerted exactly where a plain look over the whole history sees an incident begin', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(800), { maxLength: 60 }), (steps) => {
        let now = 0;
        const instants = steps.map((step) => (now += step));
        expect(alertsOf(...instants).map(({ lastAt }) => ms(lastAt))).toEqual(incidents(instants));
      }),
      { numRuns: 1000 },
    );
  });
});

/** Slow and plain: refusals since the last incident, those of the window before each; quiet for a window ends one. */
const incidents = (instants: readonly number[]): readonly number[] => {
  const found: number[] = [];
  let [from, isOpen] = [0, false];
  for (const [i, at] of instants.entries()) {
    if (isOpen && at - (instants[i - 1] ?? at) >= WINDOW) [isOpen, from] = [false, i];
    if (isOpen) continue;
    if (instants.slice(from, i + 1).filter((one) => at - one < WINDOW).length < rule.refusalsMin) continue;
    found.push(at);
    isOpen = true;
  }
  return found;
};
