import { randomUUID } from 'node:crypto';
import type { EventLog, Journal, JournalStore } from '@openclaw/event-log';
import type { LogUnderTest, OpenOptions } from '@openclaw/event-log/testing';
import { openFreshLog, type FreshLog } from '@openclaw/freshness';

const BOUND_MS = 2000;

/** A new log on a store: own topics, and one more store handle for each "process" that opens it. */
export const logOnStore = (
  openStore: () => Promise<JournalStore>,
  tamper: (topic: string) => Promise<readonly string[]>,
): LogUnderTest => {
  const lifecycleTopic = `openclaw.lifecycle.${randomUUID().slice(0, 8)}`;
  const coordinationTopic = lifecycleTopic.replace('lifecycle', 'coordination');
  const opened: { close(): Promise<void> }[] = [];

  const open = async (options: OpenOptions = {}): Promise<EventLog> => {
    const { decorate, decorateCoordination, ...rest } = options;
    const store = await openStore();
    opened.unshift(store);
    const decorated = withJournals(store, async (topic, journal) => {
      if (topic === lifecycleTopic) return decorate?.(journal) ?? journal;
      return decorateCoordination?.(journal) ?? journal;
    });
    const settings = {
      source: 'contract',
      role: 'writer',
      keepStreams: rest.resume === undefined,
      boundMs: BOUND_MS,
    } as const;
    const fresh: FreshLog = await openFreshLog(decorated, { ...settings, ...rest, lifecycleTopic, coordinationTopic });
    opened.unshift(fresh);
    return fresh.log;
  };

  const raw = async (topic: string): Promise<Journal> => {
    const store = await openStore();
    opened.unshift(store);
    return store.open(topic);
  };

  return {
    open,
    rawJournal: () => raw(lifecycleTopic),
    rawCoordination: () => raw(coordinationTopic),
    tamper: () => tamper(lifecycleTopic),
    dispose: async () => {
      for (const one of opened) await one.close();
    },
  };
};

const withJournals = (
  store: JournalStore,
  decorate: (topic: string, journal: Journal) => Promise<Journal>,
): JournalStore => ({
  kind: store.kind,
  ensureTopics: (topics) => store.ensureTopics(topics),
  open: async (topic, partition) => decorate(topic, await store.open(topic, partition)),
  close: () => store.close(),
});
