import type { AppendFn } from '../workload/clients';
import { type LogTopics, openHeart } from '../workload/heart';
import type { KafkaGround } from '../workload/kafka-ground';
import { productAppend } from '../workload/product-append';
import { acknowledgedByTheLeaderAlone, failedOnUnknown, kafkajsIdempotence } from './mutants';

export type Mutant =
  | '"failed" said on an unknown outcome, then a second record'
  | 'kafkajs idempotence with one failed send'
  | 'acknowledged before read back, with acks=1';

/** The product's append, or the mutant's in its place. */
export const openAppend = async (
  ground: KafkaGround,
  topics: LogTopics,
  mutant: Mutant | undefined,
): Promise<{ readonly append: AppendFn; close(): Promise<void> }> => {
  if (mutant === 'kafkajs idempotence with one failed send') {
    return kafkajsIdempotence(await ground.client({ requestTimeout: REQUEST_TIMEOUT_MS / 2 }), topics.lifecycleTopic);
  }
  if (mutant === 'acknowledged before read back, with acks=1') {
    return acknowledgedByTheLeaderAlone(
      await ground.client({ requestTimeout: REQUEST_TIMEOUT_MS }),
      topics.lifecycleTopic,
    );
  }
  const store = await ground.store({ requestTimeoutMs: REQUEST_TIMEOUT_MS });
  if (mutant !== undefined) {
    return { append: failedOnUnknown(await store.open(topics.lifecycleTopic)), close: () => store.close() };
  }
  const heart = await openHeart(store, { ...topics, source: 'issuer', appendTimeoutMs: 3_000 });
  return { append: productAppend(heart.log), close: () => heart.close().then(() => store.close()) };
};

/** Shorter than the freezes, so that sends fail whose records are then stored all the same. */
const REQUEST_TIMEOUT_MS = 1_000;
