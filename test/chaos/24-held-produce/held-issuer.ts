import type { FreshLog } from '@openclaw/freshness';
import type { AppendFn } from '../workload/clients';
import { openHeart } from '../workload/heart';
import type { KafkaGround } from '../workload/kafka-ground';
import { productAppend } from '../workload/product-append';
import { KafkaProxy } from '../network/kafka-proxy';
import { failedOnUnknown, secondWhileUnsettled } from './mutants';
import { Operator } from './operator';

/** An operator behind the proxy is answered after this long, whatever the brokers do. */
export const APPEND_TIMEOUT_MS = 1_200;
const REQUEST_TIMEOUT_MS = 600;

export type Mutant = '"failed" said on an unknown outcome' | 'a second append while one is unsettled';

/** One issuer behind a proxy, one beside it, and those who give them commands. */
export interface Scene {
  readonly topic: string;
  readonly proxy: KafkaProxy;
  readonly held: FreshLog;
  readonly rival: FreshLog;
  readonly operator: Operator;
  /** The operator's retries, always through the product. */
  readonly retries: Operator;
  readonly rivals: Operator;
  close(): Promise<void>;
}

export const openScene = async (ground: KafkaGround, mutant: Mutant | undefined): Promise<Scene> => {
  const topics = await ground.topics();
  const { brokers } = await ground.kafka();
  const proxy = await KafkaProxy.inFrontOf(brokers);
  const behind = await ground.store({ brokers: proxy.brokers, requestTimeoutMs: REQUEST_TIMEOUT_MS });
  const beside = await ground.store();
  const timeouts = { appendTimeoutMs: APPEND_TIMEOUT_MS, resendAfterMs: 300 };
  const held = await openHeart(behind, { ...topics, ...timeouts, source: 'held' });
  const rival = await openHeart(beside, { ...topics, source: 'rival' });
  const raw = await behind.open(topics.lifecycleTopic);
  const appends: Record<Mutant, AppendFn> = {
    '"failed" said on an unknown outcome': failedOnUnknown(raw),
    'a second append while one is unsettled': secondWhileUnsettled(raw),
  };
  const product = productAppend(held.log);
  return {
    topic: topics.lifecycleTopic,
    proxy,
    held,
    rival,
    operator: new Operator(mutant === undefined ? product : appends[mutant]),
    retries: new Operator(product),
    rivals: new Operator(productAppend(rival.log)),
    close: async () => {
      for (const one of [held, rival, behind, beside, proxy]) await one.close();
    },
  };
};
