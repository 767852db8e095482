import { streamName } from './brand';
import type { NewEvent, StreamName } from './event-log.port';
import type { Journal } from './journal.port';
import { encodeOuterForm } from './outer-form';

/** The first record of every log: it gives the history its identity. */
export const LOG_OPENED = 'openclaw.log.opened.v1';
/** A writer's mark: its first head says which coordination records it had seen before (freshness, ARCHITECTURE 7.1). */
export const WRITER_STARTED = 'openclaw.log.writer-started.v1';
export const LOG_FORMAT = 1;

export const logStream = (journalName: string): StreamName => streamName(`log/${journalName}`);
export const writerStream = (incarnation: string): StreamName => streamName(`writer/${incarnation}`);

export interface EventOrigin {
  readonly source: string;
  readonly newId: () => string;
  readonly now: () => Date;
}

export const logOpened = (origin: EventOrigin): NewEvent => ({
  id: origin.newId(),
  type: LOG_OPENED,
  time: origin.now().toISOString(),
  source: origin.source,
  data: { logId: origin.newId(), format: LOG_FORMAT },
});

export const writerStarted = (origin: EventOrigin, incarnation: string): NewEvent => ({
  id: origin.newId(),
  type: WRITER_STARTED,
  time: origin.now().toISOString(),
  source: origin.source,
  data: { writer: origin.source, incarnation },
});

/**
 * Gives an empty journal its first record, for writers that append to the journal itself. Several may do it at once:
 * the first record counts and the others are superseded. Rejects like `Journal.append`; safe to retry, and needed
 * before anything else is appended.
 */
export const ensureLogOpened = async (journal: Journal, origin: EventOrigin, signal: AbortSignal): Promise<void> => {
  const { next } = await journal.bounds(signal);
  if (next > 0) return;
  const stream = logStream(journal.name);
  await journal.append({ key: stream, value: encodeOuterForm(stream, 1, logOpened(origin)) });
};

/** The log id of a `LogOpened` body, or undefined when it is not one of a format that we read. */
export const readLogId = (data: unknown): string | undefined => {
  if (typeof data !== 'object' || data === null || !('logId' in data) || !('format' in data)) return undefined;
  return typeof data.logId === 'string' && data.format === LOG_FORMAT ? data.logId : undefined;
};
