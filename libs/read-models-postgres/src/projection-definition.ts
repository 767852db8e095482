import type { LogEntry, RecordedEvent } from '@openclaw/event-log';
import type { Row } from './copy-rows';

export type FoldableEntry = LogEntry & { readonly kind: 'event' | 'superseded' };

/**
 * One append-only table as a pure function of the log: an entry becomes rows. A table's definition plus the log is the
 * table, so a change of `columns`, `ddl` or `rows` comes with a new `foldVersion` and is filled again from zero.
 */
export interface ProjectionDefinition {
  /** `trail`, `usage`: also the name of the SQL view that readers see. */
  readonly table: string;
  readonly foldVersion: number;
  /** Column definitions and constraints, as between the parentheses of CREATE TABLE. */
  readonly ddl: string;
  /** Index definitions; `%t` stands for the table. */
  readonly indexes: readonly string[];
  readonly columns: readonly string[];
  /** Columns that order the table for its digest: unique and the same at every rebuild. */
  readonly order: string;
  refuses(event: RecordedEvent): string | undefined;
  rows(entry: FoldableEntry, partition: number): readonly Row[];
}
