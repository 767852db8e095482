import { randomUUID } from 'node:crypto';
import { type EventLog, type Journal, type JournalStore, openEventLog } from '@openclaw/event-log';
import { openFreshLog } from '@openclaw/freshness';
import type { AppendTarget } from './append-target';

export interface LogsUnderLoad {
  /** As the issuer opens it: an append answers when it was read back and its head is committed. */
  readonly full: EventLog;
  /** Without coordination: an append answers when it was read back. */
  readonly seen: EventLog;
  /** How long the heads of `full` took since the last call, in milliseconds. */
  takeHeadTimes(): number[];
  close(): Promise<void>;
}

const BOUND_MS = 10_000;

/** Two new logs on the target, each on a store handle of its own. */
export const openLogs = async (target: AppendTarget): Promise<LogsUnderLoad> => {
  const id = randomUUID().slice(0, 8);
  const [lifecycleTopic, coordinationTopic, seenTopic] = [`bench.life.${id}`, `bench.coord.${id}`, `bench.seen.${id}`];
  const stores = [target.openStore(), target.openStore()] as const;
  const times: number[] = [];
  const timed = withJournals(stores[0], (topic, journal) =>
    topic === coordinationTopic ? timedAppends(journal, times) : journal,
  );
  const settings = { source: 'bench', role: 'writer', keepStreams: true } as const;
  const fresh = await openFreshLog(timed, { ...settings, boundMs: BOUND_MS, lifecycleTopic, coordinationTopic });
  await stores[1].ensureTopics([{ topic: seenTopic, partitions: 1, retention: 'forever' }]);
  const seen = await openEventLog(await stores[1].open(seenTopic), settings);
  return {
    full: fresh.log,
    seen,
    takeHeadTimes: () => times.splice(0),
    close: async () => {
      await fresh.close();
      await seen.close();
      for (const store of stores) await store.close();
    },
  };
};

const withJournals = (store: JournalStore, decorate: (topic: string, journal: Journal) => Journal): JournalStore => ({
  kind: store.kind,
  ensureTopics: (topics) => store.ensureTopics(topics),
  open: async (topic, partition) => decorate(topic, await store.open(topic, partition)),
  close: () => store.close(),
});

const timedAppends = (journal: Journal, times: number[]): Journal => ({
  name: journal.name,
  read: (from, signal) => journal.read(from, signal),
  bounds: (signal) => journal.bounds(signal),
  append: async (record) => {
    const startedMs = performance.now();
    await journal.append(record);
    times.push(performance.now() - startedMs);
  },
});
