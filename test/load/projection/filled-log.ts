import { randomUUID } from 'node:crypto';
import { type Journal, type JournalStore, encodeOuterForm, ensureLogOpened } from '@openclaw/event-log';
import { openKafkaJournalStore } from '@openclaw/event-log-kafka';
import { PostgresStores } from '@openclaw/event-log-postgres/testing';
import { type Postgres, startKafka } from '@openclaw/test/testbench';
import { sampleEvent, sampleStream } from '../sample-event';

/** A lifecycle log that was written before: something to project. */
export interface FilledLog {
  readonly store: JournalStore;
  readonly topic: string;
  readonly coordinationTopic: string;
  close(): Promise<void>;
}

const EVENTS_PER_STREAM = 10;
const APPENDS_AT_ONCE = 2000;

export const filledInKafka = async (events: number): Promise<FilledLog> => {
  const kafka = await startKafka({ brokers: 1 });
  const store = openKafkaJournalStore({ brokers: kafka.brokers, clientId: 'bench', singleBroker: true });
  return fill(store, events, async () => {
    await store.close();
    await kafka.stop();
  });
};

export const filledInPostgres = async (server: Postgres, events: number): Promise<FilledLog> => {
  const stores = await PostgresStores.on(await server.freshDatabase('bench_journal'));
  return fill(stores.store(), events, () => stores.dispose());
};

const fill = async (store: JournalStore, events: number, close: () => Promise<void>): Promise<FilledLog> => {
  const id = randomUUID().slice(0, 8);
  const topic = `bench.life.${id}`;
  await store.ensureTopics([{ topic, partitions: 1, retention: 'forever' }]);
  const journal = await store.open(topic);
  const origin = { source: 'bench', newId: randomUUID, now: () => new Date() };
  await ensureLogOpened(journal, origin, new AbortController().signal);
  for (let done = 0; done < events; done += APPENDS_AT_ONCE) {
    await appendAtOnce(journal, Math.min(APPENDS_AT_ONCE, events - done));
  }
  return { store, topic, coordinationTopic: `bench.coord.${id}`, close };
};

const appendAtOnce = async (journal: Journal, count: number): Promise<void> => {
  const appends: Promise<void>[] = [];
  let stream = sampleStream();
  for (let i = 0; i < count; i += 1) {
    if (i % EVENTS_PER_STREAM === 0) stream = sampleStream();
    const value = encodeOuterForm(stream, (i % EVENTS_PER_STREAM) + 1, sampleEvent());
    appends.push(journal.append({ key: stream, value }));
  }
  await Promise.all(appends);
};
