import { randomUUID } from 'node:crypto';
import { Kafka, logLevel } from 'kafkajs';
import type { Client } from 'pg';

/** The same bytes without the log: what the store itself costs. */
export interface BareWriter {
  readonly what: string;
  write(record: { readonly key: string; readonly value: Buffer }): Promise<void>;
  close(): Promise<void>;
}

/** One kafkajs `producer.send`, acks = all, on a topic with the durability of the log's. */
export const bareSend = async (brokers: readonly string[], replicas: 1 | 3): Promise<BareWriter> => {
  const kafka = new Kafka({ brokers: [...brokers], clientId: 'bare', logLevel: logLevel.ERROR });
  const topic = `bench.bare.${randomUUID()}`;
  const admin = kafka.admin();
  await admin.connect();
  const configEntries = [
    { name: 'min.insync.replicas', value: String(Math.ceil(replicas / 2)) },
    { name: 'message.timestamp.type', value: 'LogAppendTime' },
  ];
  await admin.createTopics({
    waitForLeaders: true,
    topics: [{ topic, numPartitions: 1, replicationFactor: replicas, configEntries }],
  });
  const producer = kafka.producer({ allowAutoTopicCreation: false });
  await producer.connect();
  return {
    what: 'bare kafkajs send, acks=all',
    write: async (record) => void (await producer.send({ topic, acks: -1, messages: [record] })),
    close: async () => {
      await producer.disconnect();
      await admin.deleteTopics({ topics: [topic] });
      await admin.disconnect();
    },
  };
};

/** One row, one prepared statement, one commit. */
export const bareInsert = async (client: Client): Promise<BareWriter> => {
  await client.query('CREATE TABLE bare (id bigserial PRIMARY KEY, key text NOT NULL, value bytea NOT NULL)');
  return {
    what: 'bare INSERT of one row',
    write: async ({ key, value }) =>
      void (await client.query({
        name: 'bare',
        text: 'INSERT INTO bare (key, value) VALUES ($1, $2)',
        values: [key, value],
      })),
    close: async () => undefined,
  };
};
