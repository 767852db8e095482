import { InMemoryJournalServer, InMemoryJournalStore } from '@openclaw/event-log';
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
        async () => [],
      ),
    freeze: async () => {
      const thaw = server.freeze();
      return async () => thaw();
    },
    restart: async () => undefined,
    stop: async () => undefined,
  };
};
