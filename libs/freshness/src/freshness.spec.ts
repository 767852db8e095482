import { InMemoryJournalServer, InMemoryJournalStore } from '@openclaw/event-log';
import { describeFreshnessContract, type FreshnessTarget } from '../testing';

let cases = 0;

/** One server in memory; each process of a case has a store of its own on it. */
const inMemory = async (): Promise<FreshnessTarget> => {
  const server = new InMemoryJournalServer();
  return {
    name: 'memory',
    fresh: async () => {
      const stores: InMemoryJournalStore[] = [];
      const coordinationTopic = `coordination-${(cases += 1)}`;
      return {
        lifecycleTopic: `lifecycle-${cases}`,
        coordinationTopic,
        connect: async () => {
          const store = new InMemoryJournalStore(server);
          stores.push(store);
          return store;
        },
        expireCoordination: async () => {
          const { next } = server.partition(coordinationTopic, 0).bounds();
          server.expire(coordinationTopic, 0, next);
        },
        dispose: async () => {
          await Promise.all(stores.map((store) => store.close()));
        },
      };
    },
    stop: async () => undefined,
  };
};

describeFreshnessContract(inMemory, 'memory');
