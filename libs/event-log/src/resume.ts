import type { AcceptanceState } from './acceptance';
import { ChainHash } from './chain-hash';
import type { LogHead } from './event-log.port';
import type { Journal, JournalRecord } from './journal.port';
import { readLogId } from './log-opened';
import { parseOuterForm } from './outer-form';

/**
 * Where a reader goes on that has kept its state. It holds everything that the records up to `head` leave behind: the
 * verdict on any later record is the same as for a reader from the first record on (`acceptance.ts`), because revision
 * and closed-or-not of EVERY stream are in `acceptance`. The log that is opened with it owns `acceptance` from then on.
 */
export interface ResumePoint {
  readonly head: LogHead;
  /** An earlier head of the same history: the records between the two are read again to prove that it is the same. */
  readonly anchor: Pick<LogHead, 'position' | 'chainHash'>;
  readonly acceptance: AcceptanceState;
}

/** The log is not the one that the kept state is of. Throw the state away and open the log without it. */
export class ResumeRefused extends Error {
  override readonly name = 'ResumeRefused';
}

/**
 * Resolves when the log with `next` as its next offset has the id, the end and, behind the anchor, the records that the
 * point is of; else rejects with `ResumeRefused`. What lies before the anchor is compared by chain hash with what others
 * publish at equal positions (INVARIANTS I17), as for every reader.
 */
export const proveResume = async (
  journal: Journal,
  { head, anchor }: ResumePoint,
  next: number,
  signal: AbortSignal,
): Promise<void> => {
  if (head.position >= next || head.position < 0 || anchor.position >= head.position) {
    throw refused(journal, `it is of position ${head.position}, but the log ends at ${next - 1}`);
  }
  const [first] = await recordsBetween(journal, 0, 0, signal);
  const opened = first === undefined ? undefined : parseOuterForm(first.value);
  if (opened?.ok !== true || readLogId(opened.outer.data) !== head.logId)
    throw refused(journal, 'it is of another log');
  const chain = new ChainHash(anchor.chainHash);
  for (const { value } of await recordsBetween(journal, anchor.position + 1, head.position, signal))
    chain.update(value);
  if (chain.hex() !== head.chainHash) throw refused(journal, `another chain hash at position ${head.position}`);
};

const recordsBetween = async (
  journal: Journal,
  from: number,
  to: number,
  signal: AbortSignal,
): Promise<readonly JournalRecord[]> => {
  const done = new AbortController();
  const found: JournalRecord[] = [];
  try {
    for await (const records of journal.read(from, AbortSignal.any([signal, done.signal]))) {
      found.push(...records);
      if (found.length > to - from) return contiguous(journal, from, found.slice(0, to - from + 1));
    }
  } finally {
    done.abort(); // ends the request for the next batch
  }
  signal.throwIfAborted();
  throw refused(journal, 'the store ended the read');
};

const contiguous = (journal: Journal, from: number, records: readonly JournalRecord[]): readonly JournalRecord[] => {
  const wrong = records.findIndex(({ offset }, i) => offset !== from + i);
  if (wrong >= 0) throw refused(journal, `record ${from + wrong} is missing`);
  return records;
};

const refused = (journal: Journal, reason: string): ResumeRefused =>
  new ResumeRefused(`${journal.name}: the kept state is refused: ${reason}`);
