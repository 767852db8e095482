import type { Journal, JournalRecord } from '@openclaw/event-log';

/** Reads from `from` until there are `count` records, and ends the read. */
export const collect = async (journal: Journal, count: number, from = 0): Promise<JournalRecord[]> => {
  const end = new AbortController();
  const records: JournalRecord[] = [];
  if (count === 0) return records;
  for await (const batch of journal.read(from, end.signal)) {
    records.push(...batch);
    if (records.length >= count) end.abort();
  }
  return records;
};

/** Resolves when `condition` answers true; looks every 20 ms. The test's own time-out is the bound. */
export const eventually = async (condition: () => Promise<boolean> | boolean): Promise<void> => {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20));
};
