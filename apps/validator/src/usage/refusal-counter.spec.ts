import { positionAt } from '@openclaw/event-log';
import type { Decision } from '../validate-code/decision';
import { RefusalCounter } from './refusal-counter';

const refused = (decidedAtMs: number, reason: 'unknown_code' | 'malformed' = 'unknown_code'): Decision => ({
  allowed: false,
  reason,
  code: undefined,
  logId: 'log-1',
  position: positionAt(7),
  decidedAtMs,
  freshnessAgeMs: 0,
  remainingUses: undefined,
  remainingRate: undefined,
  rateResetsAtMs: undefined,
  retryAfterMs: undefined,
});

describe('counting refusals of codes that do not exist', () => {
  it('lists the first of a source in a second and counts the others', () => {
    const counter = new RefusalCounter();
    expect([0, 1, 2, 999].map((ms) => counter.count('10.0.0.1', refused(ms)))).toEqual([false, true, true, true]);
    expect(counter.take()).toMatchObject([{ sourceIp: '10.0.0.1', reason: 'unknown_code', count: 3, fromMs: 1 }]);
    expect(counter.take()).toEqual([]);
    expect(counter.count('10.0.0.1', refused(1000))).toBe(false);
  });

  it('keeps sources and reasons apart', () => {
    const counter = new RefusalCounter();
    for (const ms of [0, 1]) {
      counter.count('10.0.0.1', refused(ms));
      counter.count('10.0.0.2', refused(ms));
      counter.count('10.0.0.1', refused(ms, 'malformed'));
    }
    expect(counter.take().map(({ sourceIp, reason, count }) => [sourceIp, reason, count])).toEqual([
      ['10.0.0.1', 'unknown_code', 1],
      ['10.0.0.2', 'unknown_code', 1],
      ['10.0.0.1', 'malformed', 1],
    ]);
  });

  it('stays small under a flood from ten thousand sources, and loses none of it', () => {
    const counter = new RefusalCounter();
    let listed = 0;
    for (let i = 0; i < 50_000; i += 1) {
      if (!counter.count(`10.0.${i % 100}.${Math.floor(i / 100) % 100}`, refused(5))) listed += 1;
    }
    const counts = counter.take();
    expect(listed).toBe(100);
    expect(counts.length).toBeLessThanOrEqual(1001);
    expect(counts.reduce((sum, { count }) => sum + count, listed)).toBe(50_000);
    expect(counts.some(({ sourceIp }) => sourceIp === '')).toBe(true);
  });
});
