import type { LogEntry, LogHead, Position, RecordedEvent, StreamName } from '@openclaw/event-log';

/** Where a consumer stands: saved in the same transaction as what it wrote up to there. */
export interface ConsumerCheckpoint extends LogHead {
  /** Version of the fold that wrote the rows; another one means: rebuild from zero. */
  readonly foldVersion: number;
}

/** A record that could not be folded, kept with its reason until somebody mends it. */
export interface Quarantined {
  readonly position: Position;
  /** Undefined when not even the outer form could be read. */
  readonly stream: StreamName | undefined;
  readonly reason: string;
  /** `held`: the event itself is fine, but an earlier one of its stream is quarantined. */
  readonly kind: 'unparsable' | 'not-understood' | 'failed' | 'held';
  readonly value: Buffer;
}

export interface ProjectionBatch {
  readonly apply: readonly (LogEntry & { readonly kind: 'event' | 'superseded' })[];
  readonly quarantine: readonly Quarantined[];
  readonly checkpoint: ConsumerCheckpoint;
}

/**
 * One read model. Contract suite: `testing/projection-store.contract.ts`.
 */
export interface ProjectionStore {
  readonly name: string;
  readonly foldVersion: number;
  /** The saved place and the streams in quarantine; undefined when nothing is there or another fold version wrote it. */
  load(): Promise<{ readonly checkpoint: ConsumerCheckpoint; readonly quarantined: readonly StreamName[] } | undefined>;
  /** Why this event cannot be folded (a newer schema, a broken body), or undefined when it can. Pure. */
  refuses(event: RecordedEvent): string | undefined;
  /**
   * Rows, quarantine and checkpoint in ONE transaction. Rejects with `StoreUnavailable` when the same batch may work
   * later; any other rejection means that something in the batch cannot be stored. Either way nothing was written.
   */
  commit(batch: ProjectionBatch): Promise<void>;
  /** Drops every row and the checkpoint: the next start folds from the beginning. */
  reset(): Promise<void>;
}

/** The store does not answer now; the same call may work later. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}
