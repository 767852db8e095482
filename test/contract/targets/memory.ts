import { InMemoryJournalServer, InMemoryJournalStore, type JournalRecord } from '@openclaw/event-log';
import type { LogTarget } from '@openclaw/event-log/testing';
import { logOnStore } from './log-on-store';

export const MEMORY_EXCLUDED = { 16: 'no disk: what is in memory ends with the process' } as const;

export const memoryTarget = async (): Promise<LogTarget> => {
  const server = new InMemoryJournalServer();
  return {
    name: 'memory',
    excluded: MEMORY_EXCLUDED,
    fresh: async () =>
      logOnStore(
        async () => new InMemoryJournalStore(server),
        (topic) => attemptsToTamperWithMemory(server, topic),
      ),
    freeze: async () => {
      const thaw = server.freeze();
      return async () => thaw();
    },
    restart: async () => undefined,
    stop: async () => undefined,
  };
};

/**
 * In one memory the only way to change history is through bytes that somebody else still holds: those that were given
 * to an append, and those that a read has handed out. Names what was not refused.
 */
const attemptsToTamperWithMemory = async (server: InMemoryJournalServer, topic: string): Promise<readonly string[]> => {
  const store = new InMemoryJournalStore(server);
  const journal = await store.open(topic);
  const stored = async (): Promise<readonly JournalRecord[]> => {
    for await (const batch of journal.read(0, new AbortController().signal)) return batch;
    return [];
  };
  const accepted: string[] = [];
  const attempt = async (what: string, tamper: () => Promise<void>): Promise<void> => {
    const before = (await stored()).map((record) => record.value.toString('hex'));
    await tamper();
    const after = (await stored()).map((record) => record.value.toString('hex'));
    if (before.some((value, offset) => after[offset] !== value)) accepted.push(what);
  };
  const given = Buffer.from('{"mine":true}');
  await journal.append({ key: 'mine', value: given });
  await attempt('changing bytes that were appended', async () => void given.fill(0));
  await attempt('changing bytes that were read', async () =>
    (await stored()).forEach((record) => record.value.fill(0)),
  );
  await attempt(
    'taking records out of what was read',
    async () => void ((await stored()) as JournalRecord[]).splice(0),
  );
  await store.close();
  return accepted;
};
