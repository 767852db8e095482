import { type Journal, encodeOuterForm } from '@openclaw/event-log';
import type { Kafka } from 'kafkajs';
import type { AppendFn } from '../workload/clients';

/** Takes a rejected produce for "not done", so that the client writes a second record. */
export const failedOnUnknown =
  (journal: Journal): AppendFn =>
  async (stream, revision, event) =>
    journal.append({ key: stream, value: encodeOuterForm(stream, revision, event) }).then(
      () => ({ outcome: 'appended' }),
      () => ({ outcome: 'not-done' }),
    );

export interface MutantAppend {
  readonly append: AppendFn;
  close(): Promise<void>;
}

/** kafkajs's own producer with its idempotence: after one failed send it gives the sequence number away again. */
export const kafkajsIdempotence = (kafka: Kafka, topic: string): Promise<MutantAppend> =>
  kafkajsProducer(kafka, topic, { idempotent: true, acks: -1 });

/** Believes the leader alone, and does not wait until the record is read back. */
export const acknowledgedByTheLeaderAlone = (kafka: Kafka, topic: string): Promise<MutantAppend> =>
  kafkajsProducer(kafka, topic, { idempotent: false, acks: 1 });

const kafkajsProducer = async (
  kafka: Kafka,
  topic: string,
  { idempotent, acks }: { readonly idempotent: boolean; readonly acks: number },
): Promise<MutantAppend> => {
  // kafkajs demands one retry of an idempotent producer; the freeze outlasts it.
  const producer = kafka.producer({
    idempotent,
    maxInFlightRequests: 1,
    retry: { retries: idempotent ? 1 : 0, initialRetryTime: 50 },
  });
  await producer.connect();
  const append: AppendFn = async (stream, revision, event) => {
    const messages = [{ key: stream, value: encodeOuterForm(stream, revision, event) }];
    return producer.send({ topic, acks, timeout: 30_000, messages }).then(
      () => ({ outcome: 'appended' }),
      () => ({ outcome: 'unknown' }),
    );
  };
  return { append, close: () => producer.disconnect() };
};
