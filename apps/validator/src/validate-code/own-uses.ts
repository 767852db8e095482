import {
  type CodeUse, type Redemption, type Reserved, type UnixMs, rateFor, uncountUse, unixMs,
} from '@openclaw/domain'; // prettier-ignore
import type { RedemptionPartition } from '../redemption/redemption-partition';

/** How a validator itself uses one code: what it has reserved and not spent, and when it last allowed a use. */
export class OwnUses {
  #lastUsedAt: UnixMs | null = null;
  #held: Reserved | null = null;
  #blockUnits = 0;
  #blockAt = 0;
  /** Where the claims on the code are read, once it is open. */
  claims: Pick<RedemptionPartition, 'taken'> | undefined;
  /** Uses that are being judged. */
  asking = 0;
  /** The reservation under way; uses that need one, too, wait for it. */
  reserving: Promise<boolean> | undefined;
  /** The revisions of code and claims at which a time-out by idleness was seen with everything read. */
  idleAt = '';

  get held(): Reserved | null {
    return this.#held;
  }

  /** How the code was used by everybody; a unit that this very request has claimed before is not held against it. */
  used(claims: Redemption, requestId: string): CodeUse {
    const mine = claims.requests.find(({ id }) => id === requestId);
    const rate = rateFor(claims, this.#held);
    return {
      firstUsedAt: claims.firstUsedAt,
      lastUsedAt: newest(this.#lastUsedAt, claims.lastNotedAt),
      redeemed: claims.used - (mine === undefined ? 0 : 1),
      rate: mine === undefined ? rate : uncountUse(rate, mine.at, 1),
    };
  }

  /** Counts a use that is about to be allowed; to be called in the turn in which it was judged. */
  spend(now: UnixMs): void {
    this.#lastUsedAt = newest(this.#lastUsedAt, now);
    if (this.#held !== null) this.#held = { ...this.#held, units: Math.max(0, this.#held.units - 1) };
  }

  /** Uses to reserve: about what the next second needs, at most twice the last block, at least for all that are being judged. */
  wanted(now: UnixMs): number {
    const spent = this.#blockUnits - (this.#held?.units ?? 0);
    const perSecond = Math.ceil((spent * 1000) / Math.max(1, now - this.#blockAt));
    return Math.max(this.asking, Math.min(perSecond, 2 * this.#blockUnits));
  }

  /** Takes what is unspent out of hand, so that nobody spends it while it is being given back. */
  release(): Reserved | null {
    const held = this.#held;
    this.#held = null;
    return held;
  }

  /** The units of a reservation that was won; or, of one that was lost, those that were released for it. */
  hold(reserved: Reserved | null): void {
    this.#held = reserved;
    if (reserved === null) return;
    this.#blockUnits = reserved.units;
    this.#blockAt = reserved.at;
  }
}

const newest = (a: UnixMs | null, b: UnixMs | null): UnixMs | null =>
  a === null || b === null ? (a ?? b) : unixMs(Math.max(a, b));
