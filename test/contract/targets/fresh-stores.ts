import { randomUUID } from 'node:crypto';
import { InMemoryJournalServer, InMemoryJournalStore, type JournalStore } from '@openclaw/event-log';
import { openKafkaJournalStore } from '@openclaw/event-log-kafka';
import { PostgresStores } from '@openclaw/event-log-postgres/testing';
import type { FreshnessTarget } from '@openclaw/freshness/testing';
import { sharedKafka, sharedPostgres } from '@openclaw/test/testbench';
import { Kafka, logLevel } from 'kafkajs';

const REQUEST_TIMEOUT_MS = 2000;

interface Places {
  readonly connect: () => JournalStore;
  /** Takes away everything that the coordination topic holds, as retention does. */
  readonly expire: (coordinationTopic: string) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** A fresh pair of topics per case; each process of a case connects on its own. */
const target = (name: string, { connect, expire, stop }: Places): FreshnessTarget => ({
  name,
  fresh: async () => {
    const id = randomUUID().slice(0, 8);
    const coordinationTopic = `openclaw.coordination.${id}`;
    const stores: JournalStore[] = [];
    return {
      lifecycleTopic: `openclaw.lifecycle.${id}`,
      coordinationTopic,
      connect: async () => {
        const store = connect();
        stores.push(store);
        return store;
      },
      expireCoordination: () => expire(coordinationTopic),
      dispose: async () => {
        await Promise.all(stores.map((store) => store.close()));
      },
    };
  },
  stop,
});

export const freshInMemory = async (): Promise<FreshnessTarget> => {
  const server = new InMemoryJournalServer();
  return target('memory', {
    connect: () => new InMemoryJournalStore(server),
    expire: async (topic) => server.expire(topic, 0, server.partition(topic, 0).bounds().next),
    stop: async () => undefined,
  });
};

export const freshOnPostgres = async (): Promise<FreshnessTarget> => {
  const postgres = await sharedPostgres();
  const stores = await PostgresStores.on(await postgres.freshDatabase('freshness'));
  return target('postgres', {
    connect: () => stores.store(),
    expire: (topic) => stores.expireAll(topic),
    stop: async () => {
      await stores.dispose();
      await postgres.stop();
    },
  });
};

export const freshOnKafka = (count: 1 | 3) => async (): Promise<FreshnessTarget> => {
  const kafka = await sharedKafka(count);
  const { brokers } = kafka;
  const settings = { brokers, clientId: 'contract', singleBroker: count === 1, requestTimeoutMs: REQUEST_TIMEOUT_MS };
  return target(`kafka-${count}`, {
    connect: () => openKafkaJournalStore(settings),
    expire: async (topic) => {
      const admin = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING }).admin();
      await admin.connect();
      // Loads the metadata that the next call needs.
      await admin.fetchTopicOffsets(topic);
      await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '-1' }] });
      await admin.disconnect();
    },
    stop: () => kafka.stop(),
  });
};
