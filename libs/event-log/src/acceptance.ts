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
import { StreamTable } from './stream-table';

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

/** Revision and closed-or-not of every stream ever seen. */
export class AcceptanceState {
  /** Owns `streams`: who wants to go on with an own state gives a copy. */
  constructor(private readonly streams: StreamTable = new StreamTable()) {}

  of(stream: string): StreamState {
    return stateOf(this.streams.signedRevision(this.streams.find(stream)));
  }

  /** Judges a record and, when it is accepted, moves its stream. Call once per record, in log order. */
  admit(stream: string, claim: Claim): Verdict {
    const number = this.streams.find(stream);
    const verdict = judge(stateOf(this.streams.signedRevision(number)), claim);
    if (!verdict.accepted) return verdict;
    const signed = verdict.closes ? -verdict.revision : verdict.revision;
    if (number < 0) this.streams.add(stream, signed);
    else this.streams.set(number, signed);
    return verdict;
  }

  /** An equal state that goes on alone. */
  copy(): AcceptanceState {
    return new AcceptanceState(this.streams.copy());
  }

  get size(): number {
    return this.streams.size;
  }
}

const stateOf = (signedRevision: number): StreamState => ({
  revision: Math.abs(signedRevision),
  closed: signedRevision < 0,
});
