import type { FeedListener, FeedRecord } from './coordination-feed';
import type { MonotonicMs } from './time.port';

/** What its renewals have said of one life of a validator. */
export interface Heard {
  readonly incarnation: string;
  readonly validator: string;
  readonly boundMs: number;
  /** Last usage number per usage partition, as of its last renewal: a floor of what it has recorded. */
  readonly lastSequence: readonly number[];
  /** Its first and its last renewal that are known, on the store's clock. */
  readonly firstAtMs: number;
  readonly lastAtMs: number;
  /** When this process read the last one. */
  readonly lastReadAtMs: MonotonicMs;
}

/** As long as the coordination topic keeps them. */
const FORGET_AFTER_MS = 3_600_000;

/**
 * Who renews, and what they said last: a fold over the coordination topic, from its oldest record. Those silent for an
 * hour are forgotten, as on the topic itself.
 */
export class RenewalBook implements FeedListener {
  readonly #heard = new Map<string, Heard>();

  onRecord({ record, appendedAtMs, readAtMs }: FeedRecord): void {
    if (record.kind !== 'renewal') return;
    const { incarnation, validator, boundMs, lastSequence } = record;
    const known = this.#heard.get(incarnation);
    if (known === undefined) this.#forget(appendedAtMs);
    const firstAtMs = known?.firstAtMs ?? appendedAtMs;
    const said = { incarnation, validator, boundMs, lastSequence, firstAtMs };
    this.#heard.set(incarnation, { ...said, lastAtMs: appendedAtMs, lastReadAtMs: readAtMs });
  }

  of(incarnation: string): Heard | undefined {
    return this.#heard.get(incarnation);
  }

  all(): readonly Heard[] {
    return [...this.#heard.values()];
  }

  #forget(nowMs: number): void {
    for (const { incarnation, lastAtMs } of this.#heard.values()) {
      if (lastAtMs < nowMs - FORGET_AFTER_MS) this.#heard.delete(incarnation);
    }
  }
}
