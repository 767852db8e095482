import fc from 'fast-check';
import type { Position } from '@openclaw/event-log';
import { extendLease, holds, isProven, leaseUnder, ranAhead, WALL_AHEAD_MAX_MS } from './lease';
import type { Moment, MonotonicMs, WallMs } from './time.port';

const moment = (monotonicMs: number, wallMs = monotonicMs): Moment => ({
  monotonicMs: monotonicMs as MonotonicMs,
  wallMs: wallMs as WallMs,
});
const need = 7 as Position;

describe('the lease rule', () => {
  it('is counted from before the sending, 0.1 % short of L', () => {
    const lease = extendLease(undefined, { sentAt: moment(1_000), need }, 10_000);
    expect(lease.endsAtMs).toBe(10_990);
    expect(holds(lease, moment(10_989))).toBe(true);
    expect(holds(lease, moment(10_990))).toBe(false);
  });

  it('needs everything up to the greatest head applied', () => {
    const proof = { sentAt: moment(0), need };
    expect(isProven(proof, 6 as Position)).toBe(false);
    expect(isProven(proof, need)).toBe(true);
  });

  it('keeps the later end, in whatever order proofs are granted', () => {
    const instants = fc.array(fc.nat(100_000), { minLength: 1 });
    fc.assert(
      fc.property(instants, (sentAt) => {
        const lease = sentAt
          .map((at) => ({ sentAt: moment(at), need }))
          .reduce<ReturnType<typeof extendLease> | undefined>((so, proof) => extendLease(so, proof, 1_000), undefined);
        expect(lease?.endsAtMs).toBe(Math.max(...sentAt) + 999);
      }),
    );
  });

  it('takes a new proof of the same instant: its wall clock is the right one after a sleep', () => {
    const before = extendLease(undefined, { sentAt: moment(1_000, 1_000), need }, 10_000);
    const after = extendLease(before, { sentAt: moment(1_000, 9_000), need }, 10_000);
    expect(holds(before, moment(1_000, 9_000))).toBe(false);
    expect(holds(after, moment(1_000, 9_000))).toBe(true);
  });

  it('gives a code with its own bound a lease of that length from the same proof', () => {
    const lease = extendLease(undefined, { sentAt: moment(1_000), need }, 10_000);
    expect(leaseUnder(lease, 1_000).endsAtMs).toBe(1_999);
    expect(leaseUnder(lease, 30_000).endsAtMs).toBe(30_970);
  });

  it('is void when the wall clock ran ahead, and not when it fell behind or drifted', () => {
    const sent = moment(0, 0);
    expect(ranAhead(sent, moment(5_000, 5_000 + WALL_AHEAD_MAX_MS))).toBe(false);
    expect(ranAhead(sent, moment(5_000, 5_001 + WALL_AHEAD_MAX_MS))).toBe(true);
    expect(ranAhead(sent, moment(5_000, -3_600_000))).toBe(false);
  });
});
