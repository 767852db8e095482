/**
 * THE LEASE RULE (ARCHITECTURE section 7; the promise is INVARIANTS I1). All times are of one monotonic clock.
 *
 *  1. The validator notes t0, THEN sends a renewal with a fresh nonce, and reads the coordination journal without a
 *     hole until THAT nonce has come back and the reader is covered (`coordination-view.ts`). `need` = the greatest
 *     head known at that moment: at least every head before the renewal, read or expired. (t0, need) is a Proof.
 *  2. Once `applied >= need`: the lease ends at max(its end, t0 + L(1 - 0.1 %)).
 *  3. A decision captures its lease in the same synchronous turn as the state it judges. Just before the answer is
 *     written the clock is compared with THAT lease. Too late = decide again once, else UNAVAILABLE.
 *
 * Promise: the second look of an allow is never later than ack(revoke) + L. Proof sketch. Suppose a decision on a
 * state without the revocation at p passes its second look under a lease from the proof (t0, need). The lease was
 * granted with applied < p, so need < p: no head >= p lies before the renewal in the journal. The writer committed
 * such a head before it acknowledged; so the renewal was committed, hence sent, before the acknowledgement, and
 * t0 < ack. The second look was before t0 + L(1 - 0.1 %) on this clock, which is at most t0 + L in true time as long as
 * the clock runs less than 0.1 % slow. No wall clock, no fetch, no acknowledgement and no timer of anybody is trusted.
 *
 * A later lease proves nothing about an earlier state: hence the CAPTURED lease. A suspended machine's monotonic clock
 * stands still: so the lease is void once the wall clock has run ahead of it by more than half a second.
 */
import type { Position } from '@openclaw/event-log';
import type { Moment, MonotonicMs } from './time.port';
import { later } from './time.port';

/** How much slower than true time a monotonic clock may run; quartz and NTP slewing (500 ppm) stay below it. */
export const CLOCK_DRIFT = 0.001;
/** Wall time gained on monotonic time that means "this host was asleep". NTP slewing gains 5 ms in a 10 s lease. */
export const WALL_AHEAD_MAX_MS = 500;

/** A renewal that was read back: sent after `sentAt`, committed after every head up to `need`. */
export interface Proof {
  readonly sentAt: Moment;
  readonly need: Position;
}

export interface Lease {
  /** t0 of the renewal behind it. */
  readonly provenAt: Moment;
  readonly endsAtMs: MonotonicMs;
}

/** Whether a proof may become a lease: everything acknowledged before its renewal was sent is applied. */
export const isProven = (proof: Proof, applied: Position): boolean => applied >= proof.need;

/** The lease after a proof was granted: the later of the two ends. */
export const extendLease = (lease: Lease | undefined, proof: Proof, boundMs: number): Lease => {
  const endsAtMs = endOf(proof.sentAt, boundMs);
  return lease !== undefined && lease.endsAtMs > endsAtMs ? lease : { provenAt: proof.sentAt, endsAtMs };
};

/** The same lease for a code with a bound of its own, stricter or (`grace`) laxer. */
export const leaseUnder = ({ provenAt }: Lease, boundMs: number): Lease => ({
  provenAt,
  endsAtMs: endOf(provenAt, boundMs),
});

/** The look at the clock: whether a (captured) lease still holds now. */
export const holds = (lease: Lease, now: Moment): boolean =>
  now.monotonicMs < lease.endsAtMs && !ranAhead(lease.provenAt, now);

/** Whether the host slept between two moments: its wall clock gained more than half a second on its monotonic one. */
export const ranAhead = (before: Moment, now: Moment): boolean =>
  now.wallMs - before.wallMs - (now.monotonicMs - before.monotonicMs) > WALL_AHEAD_MAX_MS;

const endOf = (provenAt: Moment, boundMs: number): MonotonicMs =>
  later(provenAt.monotonicMs, boundMs * (1 - CLOCK_DRIFT));
