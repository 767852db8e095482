import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type KafkaJournalOptions, type KafkaJournalStore, openKafkaJournalStore } from '@openclaw/event-log-kafka';
import { freshTopics } from '@openclaw/freshness';
import { Kafka as KafkaJs, type KafkaConfig, logLevel } from 'kafkajs';
import { type Kafka, sharedKafka, startKafka } from '../../testbench';
import type { LogTopics } from './heart';

/** The broker leads and counts again after a kill within this time: session time-out, election, a slow machine. */
const PATIENCE_MS = 60_000;

/**
 * A cluster for the runs of one experiment, got when the first asks; every run has topics of its own. An experiment
 * that harms brokers (`faults`) has a cluster of its own; all others share the one of the test run.
 */
export class KafkaGround {
  #kafka: Promise<Kafka> | undefined;

  constructor(private readonly options: { readonly brokers: 1 | 3; readonly faults: boolean }) {}

  kafka(): Promise<Kafka> {
    const { brokers, faults } = this.options;
    this.#kafka ??= faults ? startKafka(this.options) : sharedKafka(brokers);
    return this.#kafka;
  }

  async store(options: Partial<KafkaJournalOptions> = {}): Promise<KafkaJournalStore> {
    const { brokers } = await this.kafka();
    return openKafkaJournalStore({ brokers, clientId: 'chaos', singleBroker: this.options.brokers === 1, ...options });
  }

  /** New names; the lifecycle and coordination topics exist when this resolves. */
  async topics(): Promise<LogTopics> {
    const name = randomUUID().slice(0, 8);
    const topics = { lifecycleTopic: `chaos.lifecycle.${name}`, coordinationTopic: `chaos.coordination.${name}` };
    const store = await this.store();
    await store.ensureTopics(freshTopics(topics.lifecycleTopic, topics.coordinationTopic));
    await store.close();
    return topics;
  }

  /** A bare kafkajs, for the nemesis and for mutants. */
  async client(config: Partial<KafkaConfig> = {}): Promise<KafkaJs> {
    const { brokers } = await this.kafka();
    return new KafkaJs({ brokers: [...brokers], clientId: 'chaos-nemesis', logLevel: logLevel.NOTHING, ...config });
  }

  /** Index of the broker that leads the topic's partition 0, as soon as there is one. */
  async leaderOf(topic: string): Promise<number> {
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      const leader = await this.#askLeader(topic).catch(() => -1);
      if (leader >= 0) return leader;
      if (performance.now() > deadline) throw new Error(`${topic} has no leader for ${PATIENCE_MS} ms`);
      await pause(100);
    }
  }

  async close(): Promise<void> {
    const kafka = this.#kafka;
    this.#kafka = undefined;
    await (await kafka)?.stop();
  }

  async #askLeader(topic: string): Promise<number> {
    const admin = (await this.client()).admin();
    try {
      await admin.connect();
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
      const partition = topics[0]?.partitions[0];
      // Node ids of the test bench count from 1; -1 and an error code mean that nobody leads.
      return partition?.partitionErrorCode === 0 && partition.leader > 0 ? partition.leader - 1 : -1;
    } finally {
      await admin.disconnect();
    }
  }
}
