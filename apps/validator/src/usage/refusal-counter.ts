import { encodePosition } from '@openclaw/contracts';
import type { Decision } from '../validate-code/decision';

/** Refusals of one source for one reason, since `fromMs`. */
export interface CountedRefusals {
  readonly sourceIp: string;
  readonly reason: string;
  readonly fromMs: number;
  /** Decided at, the last of them. */
  readonly position: string;
  readonly count: number;
}

const SECOND_MS = 1000;
/** Sources whose first refusal in a second is listed by itself; those beyond are counted from the first on. */
const LISTED_MAX = 100;
/** Sources that are counted apart; those beyond share one count without an address. */
const SOURCES_MAX = 1000;

/**
 * Keeps a flood of codes that do not exist from filling the disk: the first refusal of a source in a second is recorded
 * like any decision, the others of that second are counted and recorded as one number when it is over. A crash loses
 * the count of its last second, and no more.
 */
export class RefusalCounter {
  readonly #listed = new Set<string>();
  readonly #counts = new Map<string, CountedRefusals>();
  #secondEndsAtMs = 0;

  /** True: counted, nothing else is to be recorded. `sourceIp` is fit for the record. */
  count(sourceIp: string, { reason, decidedAtMs, logId, position }: Decision): boolean {
    if (decidedAtMs >= this.#secondEndsAtMs) {
      this.#listed.clear();
      this.#secondEndsAtMs = decidedAtMs + SECOND_MS;
    }
    const key = `${reason} ${sourceIp}`;
    if (!this.#listed.has(key) && this.#listed.size < LISTED_MAX) {
      this.#listed.add(key);
      return false;
    }
    this.#add(this.#counts.has(key) || this.#counts.size < SOURCES_MAX ? sourceIp : '', {
      reason: reason ?? '',
      fromMs: decidedAtMs,
      position: encodePosition({ logId, offset: position }),
    });
    return true;
  }

  /** The counts so far; counting begins anew. */
  take(): readonly CountedRefusals[] {
    const counts = [...this.#counts.values()];
    this.#counts.clear();
    return counts;
  }

  #add(sourceIp: string, seen: Pick<CountedRefusals, 'reason' | 'fromMs' | 'position'>): void {
    const key = `${seen.reason} ${sourceIp}`;
    const { fromMs, count } = this.#counts.get(key) ?? { fromMs: seen.fromMs, count: 0 };
    this.#counts.set(key, { sourceIp, ...seen, fromMs, count: count + 1 });
  }
}
