import { openKafkaJournalStore } from '@openclaw/event-log-kafka';
import { rereadValues } from '../workload/reread';

interface Place {
  readonly brokers: readonly string[];
  readonly topicPrefix: string;
}

/** Every record that one partition of a topic holds now, as it lies there. */
export const readTopic = async ({ brokers, topicPrefix }: Place, topic: string, partition = 0): Promise<Buffer[]> => {
  const singleBroker = brokers.length === 1;
  const store = openKafkaJournalStore({ brokers, clientId: 'chaos-reader', singleBroker, topicPrefix });
  try {
    const values: Buffer[] = [];
    await rereadValues(await store.open(topic, partition), ({ value }) => values.push(value));
    return values;
  } finally {
    await store.close();
  }
};
