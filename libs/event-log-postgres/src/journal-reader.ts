import type { JournalRecord, Offset } from '@openclaw/event-log';
import type { Cell } from './connection';
import { HistoryReplaced, backoffMs, isTransient } from './failures';
import { pause } from './limit';
import type { JournalServices } from './journal-services';

/** A batch is bounded by both; at least one record comes. */
const BATCH_RECORDS_MAX = 2000;
const BATCH_BYTES_MAX = 1024 * 1024;

interface JournalPlace {
  readonly name: string;
  readonly journalId: number;
  readonly services: JournalServices;
}

interface Fetched {
  readonly records: readonly JournalRecord[];
  /** The journal's counter in the same snapshot. */
  readonly end: Offset;
}

/**
 * Reads for ever: ask, hand out, and at the end wait for a wake-up or the poll. Each request is one READ COMMITTED
 * statement on the primary; since offsets are given under the counter's lock, in commit order, a snapshot that shows
 * offset n shows every offset below it.
 */
export async function* readJournal(
  place: JournalPlace,
  from: Offset,
  signal: AbortSignal,
): AsyncGenerator<readonly JournalRecord[]> {
  const { database, notifications, pollIntervalMs, wakeUps } = place.services;
  const ended = AbortSignal.any([signal, database.closed]);
  notifications.start();
  let next = from;
  let handedOut = false;
  while (!ended.aborted) {
    const ticket = wakeUps.ticket(place.journalId);
    const fetched = await fetchPatiently(place, next, ended);
    if (fetched === undefined) return;
    if (handedOut && fetched.end < next) {
      throw new HistoryReplaced(
        `${place.name}: record ${next - 1} was read, and now the journal ends at ${fetched.end}`,
      );
    }
    const last = fetched.records.at(-1);
    if (last !== undefined) {
      yield fetched.records;
      next = last.offset + 1;
      handedOut = true;
    }
    if (last === undefined || next >= fetched.end) {
      await wakeUps.after(place.journalId, ticket, pollIntervalMs, ended);
    }
  }
}

/** Asks until there is an answer; undefined when `ended` aborts first. Throws what waiting cannot repair. */
const fetchPatiently = async (place: JournalPlace, from: Offset, ended: AbortSignal): Promise<Fetched | undefined> => {
  const { log } = place.services;
  for (let failures = 0; !ended.aborted; failures += 1) {
    try {
      const fetched = await fetchFrom(place, from, ended);
      if (failures > 0) log('info', `${place.name}: reading again from ${from}`);
      return fetched;
    } catch (error) {
      if (ended.aborted) break;
      if (!isTransient(error)) throw error;
      if (failures === 0) log('warn', `${place.name}: reading interrupted`, error);
      await pause(backoffMs(failures), ended);
    }
  }
  return undefined;
};

const fetchFrom = async (place: JournalPlace, from: Offset, signal: AbortSignal): Promise<Fetched> => {
  const { journalId, name, services } = place;
  const query = { name: 'fetch', text: fetchStatement(services.schema), values: [journalId, from] };
  const rows = await services.database.request((connection, limit) => connection.rows(query, limit), { signal });
  const [first] = rows;
  if (first === undefined) throw new HistoryReplaced(`${name}: the journal is gone`);
  return { records: rows.flatMap(toRecord), end: Number(first[0]) };
};

/** One row a record; a journal with nothing to give answers one row with its counter only. */
const fetchStatement = (schema: string): string => `
  SELECT j.next_offset, r."offset", floor(extract(epoch FROM r.appended_at) * 1000), encode(r.value, 'hex')
    FROM ${schema}.journals AS j
    LEFT JOIN LATERAL (
      SELECT *, sum(octet_length(value)) OVER (ORDER BY "offset" ROWS UNBOUNDED PRECEDING) - octet_length(value) AS before
        FROM (SELECT "offset", appended_at, value FROM ${schema}.records
               WHERE journal_id = j.journal_id AND "offset" >= $2
               ORDER BY "offset" LIMIT ${BATCH_RECORDS_MAX}) AS batch
    ) AS r ON r.before < ${BATCH_BYTES_MAX}
   WHERE j.journal_id = $1
   ORDER BY r."offset"`;

const toRecord = ([, offset, appendedAtMs, value]: readonly Cell[]): JournalRecord[] => {
  if (offset === null || offset === undefined || value === null || value === undefined) return [];
  return [{ offset: Number(offset), appendedAtMs: Number(appendedAtMs), value: Buffer.from(value, 'hex') }];
};
