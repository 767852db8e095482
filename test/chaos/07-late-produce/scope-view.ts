import { createHash } from 'node:crypto';
import type { FollowBatch, LogEntry, RecordedEvent } from '@openclaw/event-log';

/** Which records a view folds: the product's verdict, or a mutant's opinion. */
export type Folds = (entry: LogEntry) => boolean;

export const acceptedOnly: Folds = (entry) => entry.kind === 'event';
/** MUTANT. Whatever came last is how it is. */
export const lastWriteWins: Folds = (entry) => entry.kind !== 'unparsable';

/** What a validator would believe about each code: its scope, and whether it is revoked. */
export class ScopeView {
  readonly #codes = new Map<string, { scope: string; revoked: boolean; events: number }>();
  /** Codes that changed after they were revoked. */
  readonly resurrected = new Set<string>();

  constructor(private readonly folds: Folds = acceptedOnly) {}

  readonly fold = ({ entries }: FollowBatch): void => {
    for (const entry of entries) if (entry.kind !== 'unparsable' && this.folds(entry)) this.apply(entry.event);
  };

  apply({
    stream,
    terminal,
    metadata,
  }: Pick<RecordedEvent, 'terminal' | 'metadata'> & { readonly stream: string }): void {
    if (!stream.startsWith('code/')) return;
    const before = this.#codes.get(stream);
    if (before?.revoked === true) this.resurrected.add(stream);
    const scope = metadata['scope'] ?? before?.scope ?? '';
    const revoked = terminal || metadata['revoke'] === 'yes';
    this.#codes.set(stream, { scope, revoked, events: (before?.events ?? 0) + 1 });
  }

  isRevoked(stream: string): boolean {
    return this.#codes.get(stream)?.revoked ?? false;
  }

  digest(): string {
    const sorted = [...this.#codes].sort(([a], [b]) => (a < b ? -1 : 1));
    return createHash('sha256').update(JSON.stringify(sorted)).digest('hex');
  }
}
