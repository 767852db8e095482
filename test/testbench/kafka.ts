import { startContainerKafka } from './container-kafka';
import { preferContainer } from './container-engine';
import type { BrokerPlace, Kafka } from './kafka.port';
import { startLocalKafka } from './local-kafka';

interface KafkaOptions {
  readonly brokers: 1 | 3;
  /** True for a test that kills or pauses brokers: a cluster given in the environment is not used. */
  readonly faults?: boolean;
  /** One per broker; only local processes can be placed. */
  readonly places?: readonly BrokerPlace[];
}

/**
 * A real Apache Kafka: the address in OPENCLAW_TEST_KAFKA_BROKERS (one broker) or OPENCLAW_TEST_KAFKA3_BROKERS
 * (three), else containers where an engine answers, else local processes. The caller ends it with `stop()`.
 */
export async function startKafka(options: KafkaOptions): Promise<Kafka> {
  const { brokers, faults = false, places } = options;
  if (places) return startLocalKafka(places);
  const given = process.env[brokers === 1 ? 'OPENCLAW_TEST_KAFKA_BROKERS' : 'OPENCLAW_TEST_KAFKA3_BROKERS'];
  if (given && !faults) return new GivenKafka(given.split(','));
  return preferContainer(
    'Kafka',
    () => startContainerKafka(brokers),
    () => startLocalKafka(Array.from({ length: brokers }, () => ({}))),
  );
}

/** Somebody else's cluster: it is used, never stopped or harmed. */
export class GivenKafka implements Kafka {
  constructor(readonly brokers: readonly string[]) {}
  kill = refuse;
  restart = refuse;
  pause = refuse;
  resume = refuse;
  async stop(): Promise<void> {}
}

async function refuse(): Promise<never> {
  throw new Error(
    'this Kafka is shared: a test that harms brokers starts its own, startKafka({ brokers, faults: true })',
  );
}
