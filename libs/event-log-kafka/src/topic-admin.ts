import { JournalSettingsRefused, type TopicSpec } from '@openclaw/event-log';
import { ConfigResourceTypes, type Admin } from 'kafkajs';
import { backOff, bounded } from './bounded';
import type { KafkaClients } from './kafka-client';
import { isPermanent, partsOf, textProperty, wordsOf } from './kafka-errors';
import { configForNewTopic, durabilityOf, faultsOf, type Durability, type TopicState } from './topic-settings';

/** Creates topics and asserts their settings, on a connection of its own each time. */
export class TopicAdmin {
  readonly #durability: Durability;

  constructor(
    private readonly clients: KafkaClients,
    private readonly nameOf: (topic: string) => string,
    private readonly closed: AbortSignal,
  ) {
    this.#durability = durabilityOf(clients.settings.singleBroker);
  }

  /** Creates what is missing, then asserts everything; throws `JournalSettingsRefused` with every fault at once. */
  async ensure(specs: readonly TopicSpec[]): Promise<void> {
    const faults = await this.#withAdmin(async (admin) => {
      const existing = await admin.listTopics();
      const missing = specs.filter((spec) => !existing.includes(this.nameOf(spec.topic)));
      if (missing.length > 0) await this.#create(admin, missing);
      return this.#faults(admin, specs, [...existing, ...missing.map((spec) => this.nameOf(spec.topic))]);
    });
    refuse(faults);
  }

  /** Asserts the settings as they are now; creates nothing. */
  async assert(specs: readonly TopicSpec[]): Promise<void> {
    refuse(await this.#withAdmin(async (admin) => this.#faults(admin, specs, await admin.listTopics())));
  }

  async #create(admin: Admin, specs: readonly TopicSpec[]): Promise<void> {
    const topics = specs.map((spec) => ({
      topic: this.nameOf(spec.topic),
      numPartitions: spec.partitions,
      replicationFactor: this.#durability.replicas,
      configEntries: Object.entries(configForNewTopic(spec, this.#durability)).map(([name, value]) => ({
        name,
        value,
      })),
    }));
    try {
      await admin.createTopics({ topics, waitForLeaders: true, timeout: CREATE_TIMEOUT_MS });
    } catch (error) {
      const refusals = partsOf(error).flatMap(refusalOf);
      if (refusals.length > 0) throw new JournalSettingsRefused(refusals);
      throw error;
    }
  }

  async #faults(admin: Admin, specs: readonly TopicSpec[], existing: readonly string[]): Promise<readonly string[]> {
    const present = specs.filter((spec) => existing.includes(this.nameOf(spec.topic)));
    const absent = specs.filter((spec) => !existing.includes(this.nameOf(spec.topic)));
    const states = await this.#states(admin, present);
    return [
      ...absent.map(
        (spec) => `${this.nameOf(spec.topic)} does not exist: create it with ${spec.partitions} partitions`,
      ),
      ...present.flatMap((spec) => {
        const topic = this.nameOf(spec.topic);
        return faultsOf(topic, spec, this.#durability, states.get(topic) ?? NOTHING_KNOWN);
      }),
    ];
  }

  async #states(admin: Admin, specs: readonly TopicSpec[]): Promise<ReadonlyMap<string, TopicState>> {
    if (specs.length === 0) return new Map();
    const names = specs.map((spec) => this.nameOf(spec.topic));
    const { topics } = await admin.fetchTopicMetadata({ topics: names });
    const resources = names.map((name) => ({ type: ConfigResourceTypes.TOPIC, name }));
    const described = await admin.describeConfigs({ resources, includeSynonyms: false });
    const configs = new Map(
      described.resources.map(({ resourceName, configEntries }) => [
        resourceName,
        new Map(configEntries.map(({ configName, configValue }) => [configName, configValue])),
      ]),
    );
    return new Map(
      topics.map(({ name, partitions }) => [
        name,
        {
          partitions: partitions.map(({ partitionId, replicas }) => ({
            partition: partitionId,
            replicas: replicas.length,
          })),
          config: configs.get(name) ?? new Map(),
        },
      ]),
    );
  }

  /** Runs `work` on a fresh connection, again after a transient failure (a broker down, metadata still spreading). */
  async #withAdmin<T>(work: (admin: Admin) => Promise<T>): Promise<T> {
    for (let attempt = 0; ; attempt += 1) {
      this.closed.throwIfAborted();
      const client = this.clients.create();
      try {
        const admin = client.kafka.admin();
        await bounded(admin.connect(), this.clients.settings.connectTimeoutMs, 'connecting', this.closed);
        return await bounded(work(admin), ADMIN_TIMEOUT_MS, 'topic administration', this.closed);
      } catch (error) {
        if (attempt >= ATTEMPTS_MAX || isPermanent(error)) throw error;
        this.clients.settings.log('debug', 'topic administration failed, trying another broker', error);
        await backOff(attempt, this.closed);
      } finally {
        client.destroy();
      }
    }
  }
}

const refuse = (faults: readonly string[]): void => {
  if (faults.length > 0) throw new JournalSettingsRefused(faults);
};

/** A refusal that no retry can change; a topic that somebody else created meanwhile is none. */
const refusalOf = (part: unknown): readonly string[] => {
  const why = wordsOf(part).find((word) => REFUSALS.has(word));
  if (why === undefined) return [];
  const detail = part instanceof Error ? part.message : '';
  return [`${textProperty(part, 'topic') ?? 'a topic'} is missing and could not be created: ${why} (${detail})`];
};

const REFUSALS: ReadonlySet<string> = new Set([
  'TOPIC_AUTHORIZATION_FAILED',
  'CLUSTER_AUTHORIZATION_FAILED',
  'INVALID_REPLICATION_FACTOR',
  'INVALID_PARTITIONS',
  'INVALID_CONFIG',
  'INVALID_TOPIC_EXCEPTION',
  'POLICY_VIOLATION',
]);

const NOTHING_KNOWN: TopicState = { partitions: [], config: new Map() };
const CREATE_TIMEOUT_MS = 10_000;
const ADMIN_TIMEOUT_MS = 20_000;
/** With the back-off about 10 s of trying, when brokers answer at all. */
const ATTEMPTS_MAX = 20;
