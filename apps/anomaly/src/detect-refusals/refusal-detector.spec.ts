import type { UsageEvent } from '@openclaw/contracts';
import { milliseconds } from '@openclaw/domain';
import { incidentId } from '../raise-alert/alert-finding';
import { RefusalDetector } from './refusal-detector';

const rule = { refusalsMin: 3, windowMs: milliseconds(60_000) };

const denied = (time: number, facts: { codeId?: string; sourceIp?: string }): UsageEvent => ({
  type: 'UsageDecided',
  data: {
    outcome: 'denied',
    reason: 'scope_denied',
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
    ...facts,
  },
});

const fold = (events: readonly UsageEvent[]): readonly string[] => {
  const detector = new RefusalDetector(rule);
  return events.flatMap((event, i) =>
    detector.fold(`e${i}`, event).map((alert) => `${alert.entity} ${incidentId(alert)}`),
  );
};

describe('refusal detector', () => {
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

  it('gives the same alerts with the same ids at every replay', () => {
    const events = Array.from({ length: 50 }, (_, i) =>
      denied(i * 20_000, { codeId: `c${i % 3}`, sourceIp: '1.2.3.4' }),
    );
    expect(fold(events)).toEqual(fold(events));
    expect(fold(events).length).toBeGreaterThan(0);
  });
});
