import type { UsageEvent } from '@openclaw/contracts';
import { type Alert, NO_SETTINGS, milliseconds, rulesInForce } from '@openclaw/domain';
import { incidentId } from '../raise-alert/alert-finding';
import { Detector } from './detector';

const rules = {
  'repeated-refusals': { refusalsMin: 3, windowMs: milliseconds(60_000) },
  'request-rate': { requestsPerHourMax: 50 },
  'outside-use': { quietMs: milliseconds(60_000) },
};

const force = rulesInForce(rules, NO_SETTINGS);

const use = (time: number) => ({
  producer: 'p',
  sequence: 1,
  validator: 'v',
  time,
  service: 's',
  resource: 'r',
  action: 'a',
  httpStatus: 403,
  latencyUs: 10,
  position: 'p1.1.x',
  revision: 1,
  freshnessAgeMs: 5,
});
const denied = (time: number, facts: { codeId?: string; sourceIp?: string; reason?: string }): UsageEvent => ({
  type: 'UsageDecided',
  data: { outcome: 'denied', reason: 'scope_denied', ...use(time), ...facts },
});
const allowed = (time: number, codeId: string): UsageEvent => ({
  type: 'UsageDecided',
  data: { outcome: 'allowed', ...use(time), codeId },
});

const alertsOf = (events: readonly UsageEvent[]): readonly Alert[] => {
  const detector = new Detector();
  return events.flatMap((event, i) => detector.fold(`e${i}`, event, force));
};

const fold = (events: readonly UsageEvent[]): readonly string[] => {
  return alertsOf(events).map((alert) => `${alert.entity} ${incidentId(alert)}`);
};

describe('detector', () => {
  it('raises one alert for an incident by code and one by source, however many refusals follow', () => {
    const events = Array.from({ length: 20 }, (_, i) => denied(i * 1000, { codeId: 'c', sourceIp: '1.2.3.4' }));
    expect(fold(events).map((alert) => alert.split(' ')[0])).toEqual(['code/c', 'source/1.2.3.4']);
  });

  it('raises another one after a quiet window', () => {
    const burst = (at: number): UsageEvent[] => [0, 1, 2].map((i) => denied(at + i, { codeId: 'c' }));
    expect(fold([...burst(0), ...burst(200_000)])).toHaveLength(2);
  });

  it('says nothing below the threshold, or when refusals are further apart than the window', () => {
    expect(fold([0, 1].map((i) => denied(i, { codeId: 'c' })))).toEqual([]);
    expect(fold([0, 1, 2, 3].map((i) => denied(i * 40_000, { codeId: 'c' })))).toEqual([]);
  });

  it('counts aggregated refusals as many as they are', () => {
    const data = {
      producer: 'p',
      sequence: 1,
      validator: 'v',
      from: 0,
      forMs: 1000,
      sourceIp: '9.9.9.9',
      reason: 'unknown_code',
      count: 3,
      position: 'x',
    };
    expect(fold([{ type: 'RefusalsAggregated', data }])).toHaveLength(1);
  });

  it('raises one alert when a code is used from outside its allow-list, at the first such use', () => {
    const events = [0, 1000].map((at) => denied(at, { codeId: 'c', reason: 'ip_denied' }));
    expect(alertsOf(events).map(({ rule, entity }) => [rule, entity])).toEqual([['outside-use', 'code/c']]);
  });

  it('raises one alert when a code is used more often than the limit of an hour, allowed and refused alike', () => {
    const uses = Array.from({ length: 120 }, (_, i) => allowed(i * 10_000, 'c'));
    expect(alertsOf(uses).map(({ rule, entity }) => [rule, entity])).toEqual([['request-rate', 'code/c']]);
    expect(alertsOf(uses.slice(0, 50))).toEqual([]);
  });

  it('gives the same alerts with the same ids at every replay', () => {
    const events = Array.from({ length: 50 }, (_, i) =>
      denied(i * 20_000, { codeId: `c${i % 3}`, sourceIp: '1.2.3.4' }),
    );
    expect(fold(events)).toEqual(fold(events));
    expect(fold(events).length).toBeGreaterThan(0);
  });
});
