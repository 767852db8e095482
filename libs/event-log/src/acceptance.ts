/**
 * THE ACCEPTANCE RULE (docs/adr/0002; ARCHITECTURE section 3): the first event on the log to claim a revision wins.
 *
 * In log order, from the outer form alone, a record is ACCEPTED iff its stream is not closed and
 *   - it claims exactly the next revision (`revision === current + 1`), or
 *   - it is terminal and the stream exists; it then takes the next revision and closes the stream.
 * Everything else is SUPERSEDED: kept, hashed and visible, but no fold ever sees it.
 *
 * Why it is enough. The verdict on record n is a function of records 0..n only, so all readers agree for ever (no
 * clock, no fetch, no configuration). Per (stream, revision) at most one record is accepted, because acceptance moves
 * `current` past the claim. A second copy of a record finds its revision taken, or its stream closed: resending is
 * safe. A terminal event needs no revision, so no rate of other claims can starve it; after it nothing is accepted,
 * so nothing brings the stream back. This needs `current` and `closed` of EVERY stream for ever: a forgotten stream
 * would accept a late first event again. Hence `AcceptanceState` never deletes, and every snapshot holds all of it.
 */
import type { Claim, Revision } from './event-log.port';

export interface StreamState {
  /** 0 = the stream does not exist yet. */
  readonly revision: Revision;
  readonly closed: boolean;
}

export type Verdict =
  { readonly accepted: true; readonly revision: Revision; readonly closes: boolean } | { readonly accepted: false };

const SUPERSEDED: Verdict = { accepted: false };

/** Judges one record against its stream; pure. Every reader in the suite calls this and nothing else. */
export const judge = (stream: StreamState, claim: Claim): Verdict => {
  if (stream.closed) return SUPERSEDED;
  const next = stream.revision + 1;
  if (claim === 'terminal') return stream.revision > 0 ? { accepted: true, revision: next, closes: true } : SUPERSEDED;
  return claim === next ? { accepted: true, revision: next, closes: false } : SUPERSEDED;
};

/** Revision and closed-or-not of every stream ever seen. One number a stream: negative = closed at that revision. */
export class AcceptanceState {
  readonly #streams: Map<string, number>;

  constructor(entries: Iterable<readonly [stream: string, signedRevision: number]> = []) {
    this.#streams = new Map(entries);
  }

  of(stream: string): StreamState {
    const signed = this.#streams.get(stream) ?? 0;
    return { revision: Math.abs(signed), closed: signed < 0 };
  }

  /** Judges a record and, when it is accepted, moves its stream. Call once per record, in log order. */
  admit(stream: string, claim: Claim): Verdict {
    const verdict = judge(this.of(stream), claim);
    if (verdict.accepted) this.#streams.set(stream, verdict.closes ? -verdict.revision : verdict.revision);
    return verdict;
  }

  /** Every stream, for a snapshot; feeding it to the constructor gives an equal state. */
  entries(): IterableIterator<[string, number]> {
    return this.#streams.entries();
  }

  get size(): number {
    return this.#streams.size;
  }
}
