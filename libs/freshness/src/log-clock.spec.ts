import fc from 'fast-check';
import { LogClock } from './log-clock';
import type { MonotonicMs } from './time.port';

const ms = (instant: number): MonotonicMs => instant as MonotonicMs;

describe("the log's clock", () => {
  it('is unknown before the first renewal', () => {
    expect(new LogClock().nowMs(ms(5))).toBeUndefined();
  });

  it('is the append time of the last renewal plus the monotonic time since it was sent', () => {
    const clock = new LogClock();
    clock.observe({ appendedAtMs: 1_000_000, sentAtMs: ms(50) });
    expect(clock.nowMs(ms(57))).toBe(1_000_007);
    clock.observe({ appendedAtMs: 1_002_000, sentAtMs: ms(2_050) });
    expect(clock.nowMs(ms(2_051))).toBe(1_002_001);
  });

  it('is never behind the log, and ahead by less than a renewal took to be appended', () => {
    const way = fc.record({ offMs: fc.integer(), sentMs: fc.nat(), tookMs: fc.nat(5_000), laterMs: fc.nat(60_000) });
    fc.assert(
      fc.property(way, ({ offMs, sentMs, tookMs, laterMs }) => {
        const clock = new LogClock();
        clock.observe({ appendedAtMs: sentMs + tookMs + offMs, sentAtMs: ms(sentMs) });
        const aheadMs = (clock.nowMs(ms(sentMs + tookMs + laterMs)) ?? 0) - (sentMs + tookMs + laterMs + offMs);
        expect(aheadMs).toBe(tookMs);
      }),
    );
  });

  it('never goes back, whatever append times the renewals come home with', () => {
    const step = fc.record({ passMs: fc.nat(5_000), appendedAtMs: fc.nat(100_000), tookMs: fc.nat(1_000) });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const clock = new LogClock();
        let [nowMs, last] = [1_000, -Infinity];
        for (const { passMs, appendedAtMs, tookMs } of steps) {
          nowMs += passMs;
          clock.observe({ appendedAtMs, sentAtMs: ms(nowMs - tookMs) });
          const told = clock.nowMs(ms(nowMs)) ?? -Infinity;
          expect(told).toBeGreaterThanOrEqual(last);
          last = told;
        }
      }),
    );
  });
});
