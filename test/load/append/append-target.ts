import type { JournalStore } from '@openclaw/event-log';
import { InMemoryJournalServer, InMemoryJournalStore } from '@openclaw/event-log';
import { openKafkaJournalStore } from '@openclaw/event-log-kafka';
import { PostgresStores } from '@openclaw/event-log-postgres/testing';
import { startKafka, startPostgres } from '@openclaw/test/testbench';
import type { TargetName } from '../bench-options';
import { kafkaVersion } from '../surroundings';
import { type BareWriter, bareInsert, bareSend } from './bare-writers';

/** One adapter on one real store. */
export interface AppendTarget {
  readonly name: TargetName;
  readonly version: string;
  /** One more handle, as one more process would open it. */
  openStore(): JournalStore;
  /** Undefined where there is nothing below the adapter. */
  readonly bare: BareWriter | undefined;
  stop(): Promise<void>;
}

const memoryTarget = async (): Promise<AppendTarget> => {
  const server = new InMemoryJournalServer();
  return {
    name: 'memory',
    version: 'in memory',
    openStore: () => new InMemoryJournalStore(server),
    bare: undefined,
    stop: async () => undefined,
  };
};

const postgresTarget = async (): Promise<AppendTarget> => {
  const server = await startPostgres();
  const stores = await PostgresStores.on(await server.freshDatabase('bench_append'));
  const client = await stores.client('admin');
  const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
  const bare = await bareInsert(client);
  return {
    name: 'postgres',
    version: `postgres ${rows[0]?.server_version ?? 'of an unknown version'}`,
    openStore: () => stores.store(),
    bare,
    stop: async () => {
      await stores.dispose();
      await server.stop();
    },
  };
};

const kafkaTarget = (brokers: 1 | 3) => async (): Promise<AppendTarget> => {
  const kafka = await startKafka({ brokers });
  const bare = await bareSend(kafka.brokers, brokers);
  const givenIn = brokers === 1 ? 'OPENCLAW_TEST_KAFKA_BROKERS' : 'OPENCLAW_TEST_KAFKA3_BROKERS';
  return {
    name: `kafka-${brokers}`,
    version: `${kafkaVersion(givenIn)}, ${brokers} broker${brokers === 1 ? '' : 's, min ISR 2'}`,
    openStore: () => openKafkaJournalStore({ brokers: kafka.brokers, clientId: 'bench', singleBroker: brokers === 1 }),
    bare,
    stop: async () => {
      await bare.close();
      await kafka.stop();
    },
  };
};

export const openTarget: Readonly<Record<TargetName, () => Promise<AppendTarget>>> = {
  memory: memoryTarget,
  postgres: postgresTarget,
  'kafka-1': kafkaTarget(1),
  'kafka-3': kafkaTarget(3),
};
