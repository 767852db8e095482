import { GuessLimit } from './guess-limit';

const MINUTE_MS = 60_000;

describe('a limit of guesses', () => {
  let nowMs: number;
  const limit = (sourcesMax = 100): GuessLimit =>
    new GuessLimit({ burst: 3, refillMs: 1_000, sourcesMax, nowMs: () => nowMs });
  const fail = (its: GuessLimit, source: string, times: number): void => {
    for (let i = 0; i < times; i += 1) its.failed(source);
  };
  beforeEach(() => {
    nowMs = 1_000_000;
  });

  it('refuses a source after its tries, and no other', () => {
    const its = limit();
    fail(its, '203.0.113.1', 2);
    expect(its.refuses('203.0.113.1')).toBe(false);
    fail(its, '203.0.113.1', 1);
    expect(its.refuses('203.0.113.1')).toBe(true);
    expect(its.refuses('203.0.113.2')).toBe(false);
  });

  it('gives tries back with time, one by one, and never more than there were', () => {
    const its = limit();
    fail(its, 'a', 50);
    nowMs += 999;
    expect(its.refuses('a')).toBe(true);
    nowMs += 1;
    expect(its.refuses('a')).toBe(false);
    fail(its, 'a', 1);
    expect(its.refuses('a')).toBe(true);
    nowMs += MINUTE_MS;
    fail(its, 'a', 2);
    expect(its.refuses('a')).toBe(false);
  });

  it('lets no source try more than its burst and one each refill, however it spreads them', () => {
    const its = limit();
    let tried = 0;
    for (let step = 0; step < 1_000; step += 1) {
      nowMs += 100;
      if (its.refuses('a')) continue;
      its.failed('a');
      tried += 1;
    }
    expect(tried).toBeLessThanOrEqual(3 + 100);
    expect(tried).toBeGreaterThan(90);
  });

  it('takes a whole IPv6 network for one source', () => {
    const its = limit();
    for (const host of ['2001:db8:0:1::1', '2001:db8:0:1:ffff:1:2:3', '2001:db8:0:1:abcd::1']) its.failed(host);
    expect(its.refuses('2001:db8:0:1::99')).toBe(true);
    expect(its.refuses('2001:db8:0:2::99')).toBe(false);
  });

  it('remembers a bounded number of sources, and the busiest guesser among them', () => {
    const its = limit(100);
    fail(its, 'guesser', 3);
    for (let i = 0; i < 10_000; i += 1) {
      its.failed(`source ${i}`);
      if (i % 50 === 0) its.failed('guesser');
      expect(its.size).toBeLessThanOrEqual(100);
    }
    expect(its.refuses('guesser')).toBe(true);
  });
});
