import type { EventMetadata } from '@openclaw/event-log';

/** Who made a thing, and why it is in its state: from the metadata of its records, which no fold sees. Empty = unsaid. */
export interface Provenance {
  readonly createdBy: string;
  readonly statusReason: string;
}

/** A thing as far as its stream is read, with what its records say of themselves. */
export interface Traced<State> {
  readonly state: State;
  readonly revision: number;
  readonly provenance: Provenance;
}

export const UNKNOWN_PROVENANCE: Provenance = { createdBy: '', statusReason: '' };

/** Provenance after one more record; `before` and `after` are the states around it, `revision` is that of the record. */
export const provenanceAfter = (
  { state: before, provenance, revision }: Traced<unknown>,
  after: unknown,
  { authid = '', reason = '' }: EventMetadata,
): Provenance => ({
  createdBy: revision === 0 ? authid : provenance.createdBy,
  statusReason: statusOf(before) === statusOf(after) ? provenance.statusReason : reason,
});

const statusOf = (state: unknown): unknown =>
  typeof state === 'object' && state !== null && 'status' in state ? state.status : undefined;
