/**
 * THE RECEIPT RULE: has everybody heard of the change at position p? Pure; `receipt-ledger.ts` keeps the facts.
 *
 * Judged once a head of our own with `position >= p`, at offset o, has been read back. Each incarnation with a renewal
 * before o is
 *  - done:    one of its renewals shows `applied >= p`: it judges on a state that has the change;
 *  - expired: L(1 + 0.1 %) has passed on our monotonic clock since we READ its last renewal before o;
 *  - missing: neither, yet. Named, because somebody may still be allowed by it.
 *
 * Why it is sound. A renewal after o sees our head, so it grants nothing before p is applied. A renewal before o was
 * sent before we read it, so its lease ends less than L after that, and its clock is at most 0.1 % slow. Hence after L
 * nobody is missing. Per INCARNATION: a validator that restarts gives no word about the leases of its former life, and
 * two processes with one name are two. A renewal after the head alone is no receipt: the older lease still runs.
 *
 * Renewals that we did not read (an expired prefix, a hole) may have granted leases: no receipt is complete before L
 * has passed since then.
 */
import type { Position } from '@openclaw/event-log';
import { CLOCK_DRIFT } from './lease';
import type { MonotonicMs } from './time.port';
import { later } from './time.port';

export interface ValidatorIncarnation {
  readonly validator: string;
  readonly incarnation: string;
}

export interface Receipt {
  readonly position: Position;
  /** No incarnation can begin to allow anything any more on a state without the change. */
  readonly complete: boolean;
  /** Our own head behind it has been read back; before that everybody is missing. */
  readonly headReadBack: boolean;
  readonly done: readonly ValidatorIncarnation[];
  readonly expired: readonly ValidatorIncarnation[];
  readonly missing: readonly ValidatorIncarnation[];
  /** When the next of the missing expires; undefined when only a record can change the receipt. */
  readonly nextExpiryMs: MonotonicMs | undefined;
}

/** What a writer knows of an incarnation that it has seen before its own head at offset o. */
export interface Sighting {
  /** The greatest position that any of its renewals has shown as applied. */
  readonly applied: Position;
  /** When we read its last renewal before o. */
  readonly lastReadAtMs: MonotonicMs;
  /** Its L, in milliseconds. */
  readonly boundMs: number;
}

export type Standing = 'done' | 'expired' | 'missing';

export const standingOf = (seen: Sighting, position: Position, nowMs: MonotonicMs): Standing => {
  if (seen.applied >= position) return 'done';
  return nowMs >= expiryOf(seen) ? 'expired' : 'missing';
};

/** The instant from which no lease of a renewal before o can run any more. */
export const expiryOf = (seen: Pick<Sighting, 'lastReadAtMs' | 'boundMs'>): MonotonicMs =>
  later(seen.lastReadAtMs, seen.boundMs * (1 + CLOCK_DRIFT));
