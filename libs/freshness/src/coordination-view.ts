/**
 * What one reader knows from the coordination journal: a fold, pure.
 *
 * COVERED. A reader begins at the oldest record s that the store still holds; the heads before s are gone. A record
 * with `covers >= s` says "every head below `covers` is at or before my head H", so what expired is at most H, and H
 * joins `need`. From then on every head at an offset below `next` is at or before `need`: heads below s because of H,
 * the others because they were read. Offset 0 is no exception: a journal that was deleted and made again begins at 0
 * too, and its heads are gone (found by a model). `coversUpTo` passes exactly that sentence on, so by induction over the
 * journal each `covers` on it is true; the induction starts with a writer's first head (`head-announcer.ts`).
 *
 * HOLE. Records that were skipped may have held heads: the reader starts again right after the hole, not covered, and
 * whoever built on the view drops its lease. STEP BACK, another log id, or two chain hashes at one position: the
 * history is not one history. Halt; nothing that was built on it can be trusted (INVARIANTS I17).
 */
import type { LogHead, Offset, Position } from '@openclaw/event-log';
import type { Decoded } from './codec';
import { COVERS_NOTHING, NOWHERE } from './codec';

export type Admission =
  | { readonly outcome: 'next' }
  /** A hole before this record; the view starts again at it. */
  | { readonly outcome: 'restarted'; readonly expected: Offset }
  | { readonly outcome: 'halt'; readonly reason: string };

/** Chain hashes remembered for comparison: minutes of history at thousands of changes a second. */
const HASHES_MAX = 4096;
const NEXT: Admission = { outcome: 'next' };

export class CoordinationView {
  #start: Offset = 0;
  #next: Offset | undefined;
  #covered = false;
  #need: Position = NOWHERE;
  readonly #hashes = new Map<Position, string>();
  /** Records that did not parse. More than none is an alarm: one of them may have been a head. */
  unparsable = 0;

  constructor(readonly logId: string) {}

  /** The offset of the next record, 0 before the first. */
  get next(): Offset {
    return this.#next ?? 0;
  }
  /** Whether `need` holds for every head below `next`, also for those that this reader never saw. */
  get covered(): boolean {
    return this.#covered;
  }
  /** The greatest head known. */
  get need(): Position {
    return this.#need;
  }

  /** The offset below which every head is known to be at or before `position`. */
  coversUpTo(position: Position): Offset {
    return this.#covered && position >= this.#need ? this.next : COVERS_NOTHING;
  }

  /** Takes the record at `offset`. On `halt` the caller stops for good. */
  admit(offset: Offset, record: Decoded): Admission {
    const expected = this.#next;
    if (expected !== undefined && offset < expected) {
      return { outcome: 'halt', reason: `offset ${offset} came again after ${expected - 1}` };
    }
    if (offset !== expected) {
      this.#start = offset;
      this.#covered = false;
    }
    this.#next = offset + 1;
    const reason = this.#take(record);
    if (reason !== undefined) return { outcome: 'halt', reason };
    return expected === undefined || offset === expected ? NEXT : { outcome: 'restarted', expected };
  }

  /** Compares a chain hash with the one known at that position; a text when they differ. */
  compare(at: Pick<LogHead, 'logId' | 'position' | 'chainHash'>): string | undefined {
    if (at.logId !== this.logId) return `a record of log ${at.logId} among those of ${this.logId}`;
    const known = this.#hashes.get(at.position);
    if (known !== undefined && known !== at.chainHash) return `two histories at position ${at.position}`;
    if (known === undefined) this.#remember(at.position, at.chainHash);
    return undefined;
  }

  #take(record: Decoded): string | undefined {
    if (record.kind === 'unparsable') this.unparsable += 1;
    if (record.kind !== 'head' && record.kind !== 'renewal') return undefined;
    const head = record.kind === 'head' ? record.position : record.head;
    if (head > this.#need) this.#need = head;
    if (record.covers >= this.#start) this.#covered = true;
    return this.compare(record.kind === 'head' ? record : { ...record, position: record.applied });
  }

  #remember(position: Position, chainHash: string): void {
    this.#hashes.set(position, chainHash);
    if (this.#hashes.size <= HASHES_MAX) return;
    const oldest = this.#hashes.keys().next();
    if (oldest.done !== true) this.#hashes.delete(oldest.value);
  }
}
