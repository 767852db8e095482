import type { LogEntry, RecordedEvent } from '@openclaw/event-log';
import type { ProjectionBatch, Quarantined } from './projection.port';

export type Sorted = Pick<ProjectionBatch, 'apply' | 'quarantine'>;

/**
 * THE POISON RULE. A record that cannot be folded is never skipped silently and never stops another stream: it is kept
 * with its reason, and the later events of ITS stream are held back too, because folding revision 5 without 4 would
 * show a state that never was. Adds newly quarantined streams to `streams`.
 */
export const sortOut = (
  entries: readonly LogEntry[],
  streams: Set<string>,
  refuses: (event: RecordedEvent) => string | undefined,
): Sorted => {
  const apply: ProjectionBatch['apply'][number][] = [];
  const quarantine: Quarantined[] = [];
  for (const entry of entries) {
    const refused = refusal(entry, streams, refuses);
    if (refused === undefined) {
      if (entry.kind !== 'unparsable') apply.push(entry);
      continue;
    }
    if (refused.stream !== undefined) streams.add(refused.stream);
    quarantine.push(refused);
  }
  return { apply, quarantine };
};

const refusal = (
  entry: LogEntry,
  streams: ReadonlySet<string>,
  refuses: (event: RecordedEvent) => string | undefined,
): Quarantined | undefined => {
  const { position, value } = entry;
  if (entry.kind === 'unparsable')
    return { position, value, stream: undefined, reason: entry.reason, kind: 'unparsable' };
  if (entry.kind === 'superseded') return undefined;
  const { stream } = entry.event;
  if (streams.has(stream)) return { position, value, stream, reason: 'its stream is quarantined', kind: 'held' };
  const reason = refuses(entry.event);
  return reason === undefined ? undefined : { position, value, stream, reason, kind: 'not-understood' };
};

/**
 * The quarantine record of one entry that the store could not take. A superseded record is kept like an unparsable one:
 * its stream never depended on it and goes on.
 */
export const failedEntry = (entry: ProjectionBatch['apply'][number], error: unknown): Quarantined => ({
  position: entry.position,
  value: entry.value,
  stream: entry.kind === 'event' ? entry.event.stream : undefined,
  reason: error instanceof Error ? error.message : String(error),
  kind: 'failed',
});
