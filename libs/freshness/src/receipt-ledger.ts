import type { Offset, Position } from '@openclaw/event-log';
import type { Decoded, Renewal } from './codec';
import type { Receipt, Sighting, Standing, ValidatorIncarnation } from './receipts';
import { expiryOf, standingOf } from './receipts';
import type { MonotonicMs } from './time.port';

/** Heads and renewals remembered; an older one is judged by the oldest kept, which can only take longer. */
const HEADS_MAX = 1024;
const RENEWALS_MAX = 64;
/** An incarnation this long silent is no longer listed; far above any lease. */
const FORGET_AFTER_MS = 600_000;

interface Read {
  readonly offset: Offset;
  readonly readAtMs: MonotonicMs;
}

interface Seen {
  readonly name: ValidatorIncarnation;
  readonly firstOffset: Offset;
  readonly renewals: readonly Read[];
  readonly last: Read;
  readonly applied: Position;
  readonly boundMs: number;
}

/** What one writer remembers of the coordination journal in order to judge receipts: a fold, pure. */
export class ReceiptLedger {
  readonly #incarnations = new Map<string, Seen>();
  readonly #ownHeads: { readonly offset: Offset; readonly position: Position }[] = [];
  #next: Offset = 0;
  #blindUntilMs: MonotonicMs | undefined;

  /** `boundMs`: the longest lease that any validator of the deployment may hold. */
  constructor(
    private readonly writer: string,
    private readonly boundMs: number,
  ) {}

  /** Takes the record at `offset`, read at `readAtMs`; in journal order. */
  admit(offset: Offset, record: Decoded, readAtMs: MonotonicMs): void {
    const skipped = offset !== this.#next;
    if (skipped) this.#blindUntilMs = expiryOf({ lastReadAtMs: readAtMs, boundMs: this.boundMs });
    this.#next = offset + 1;
    if (record.kind === 'renewal') this.#renewed(record, { offset, readAtMs });
    if (record.kind !== 'head' || record.writer !== this.writer) return;
    this.#ownHeads.push({ offset, position: record.position });
    if (this.#ownHeads.length > HEADS_MAX) this.#ownHeads.shift();
  }

  /** Judges everybody at `nowMs`. */
  judge(position: Position, nowMs: MonotonicMs): Receipt {
    const head = this.#ownHeads.find((own) => own.position >= position);
    const sorted: Record<Standing, ValidatorIncarnation[]> = { done: [], expired: [], missing: [] };
    const expiries: MonotonicMs[] = [];
    if (this.#blindUntilMs !== undefined && nowMs < this.#blindUntilMs) expiries.push(this.#blindUntilMs);
    for (const seen of this.#incarnations.values()) {
      if (head === undefined) sorted.missing.push(seen.name);
      if (head === undefined || seen.firstOffset >= head.offset) continue;
      const sighting = sightingBefore(seen, head.offset);
      const standing = standingOf(sighting, position, nowMs);
      sorted[standing].push(seen.name);
      if (standing === 'missing') expiries.push(expiryOf(sighting));
    }
    const complete = head !== undefined && expiries.length === 0;
    const nextExpiryMs = head === undefined ? undefined : earliest(expiries);
    return { position, complete, headReadBack: head !== undefined, ...sorted, nextExpiryMs };
  }

  #renewed({ validator, incarnation, applied, boundMs }: Renewal, read: Read): void {
    const known = this.#incarnations.get(incarnation);
    if (known === undefined) this.#forgetSilent(read.readAtMs);
    const first = { name: { validator, incarnation }, firstOffset: read.offset, renewals: [], applied, boundMs };
    const seen = known ?? first;
    this.#incarnations.set(incarnation, {
      ...seen,
      renewals: [...seen.renewals, read].slice(-RENEWALS_MAX),
      last: read,
      applied: seen.applied > applied ? seen.applied : applied,
      boundMs: Math.max(seen.boundMs, boundMs),
    });
  }

  #forgetSilent(nowMs: MonotonicMs): void {
    for (const [incarnation, { last, boundMs }] of this.#incarnations) {
      if (nowMs - last.readAtMs > Math.max(FORGET_AFTER_MS, 2 * boundMs)) this.#incarnations.delete(incarnation);
    }
  }
}

/** By its last renewal before `offset`; by the oldest kept one when all kept ones are later. */
const sightingBefore = (seen: Seen, offset: Offset): Sighting => {
  const before = seen.renewals.findLast((read) => read.offset < offset) ?? seen.renewals[0] ?? seen.last;
  return { applied: seen.applied, lastReadAtMs: before.readAtMs, boundMs: seen.boundMs };
};

const earliest = (instants: readonly MonotonicMs[]): MonotonicMs | undefined =>
  instants.reduce<MonotonicMs | undefined>((least, at) => (least === undefined || at < least ? at : least), undefined);
