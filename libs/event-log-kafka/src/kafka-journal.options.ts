import type { ConnectionOptions } from 'node:tls';

/** How to reach a Kafka cluster and how long to wait for it. Every duration is in milliseconds. */
export interface KafkaJournalOptions {
  /** Bootstrap addresses, `host:port`. Name at least two of a cluster: the adapter goes round them after a failure. */
  readonly brokers: readonly string[];
  /** Shown in broker logs and quotas. */
  readonly clientId: string;
  readonly ssl?: true | ConnectionOptions;
  readonly sasl?: KafkaSasl;
  /** True only for one broker asked for by name (a laptop, a test): replication 1 and min ISR 1 instead of 3 and 2. */
  readonly singleBroker: boolean;
  /** Put before every topic name, so that several deployments (or tests) can share a cluster. */
  readonly topicPrefix?: string;
  /** An append is settled or rejected within this time. Default 5,000. */
  readonly requestTimeoutMs?: number;
  /** Bound on finding and connecting to the leader through one broker, before the next is tried. Default 2,000. */
  readonly connectTimeoutMs?: number;
  /** How long the broker may hold an empty fetch; new records end the wait at once. Default 500. */
  readonly fetchWaitMs?: number;
  /** How often a reader asks another broker whether its leader still leads. Default 5,000. */
  readonly leaderCheckMs?: number;
  /** Records of one produce request together, in bytes. Default 524,288; at most 1,000,000. */
  readonly requestBytesMax?: number;
  /** Records of one journal waiting to be sent, in bytes; beyond it appends reject at once. Default 64 MiB. */
  readonly queueBytesMax?: number;
  readonly log?: KafkaJournalLog;
}

/** Where the adapter says what happens to its connections. `debug` carries kafkajs's own lines. */
export type KafkaJournalLog = (level: 'debug' | 'info' | 'warn', message: string, detail?: unknown) => void;

export type KafkaSasl =
  | ({ readonly mechanism: 'plain' } & KafkaCredentials)
  | ({ readonly mechanism: 'scram-sha-256' } & KafkaCredentials)
  | ({ readonly mechanism: 'scram-sha-512' } & KafkaCredentials);

interface KafkaCredentials {
  readonly username: string;
  readonly password: string;
}

export type KafkaJournalSettings = Required<Omit<KafkaJournalOptions, 'ssl' | 'sasl'>> &
  Pick<KafkaJournalOptions, 'ssl' | 'sasl'>;

/** Fills in the defaults; throws a `RangeError` that names every impossible value. */
export const settingsFrom = (options: KafkaJournalOptions): KafkaJournalSettings => {
  const settings = {
    ...options,
    topicPrefix: options.topicPrefix ?? '',
    requestTimeoutMs: options.requestTimeoutMs ?? 5_000,
    connectTimeoutMs: options.connectTimeoutMs ?? 2_000,
    fetchWaitMs: options.fetchWaitMs ?? 500,
    leaderCheckMs: options.leaderCheckMs ?? 5_000,
    requestBytesMax: options.requestBytesMax ?? 512 * 1024,
    queueBytesMax: options.queueBytesMax ?? 64 * 1024 * 1024,
    log: options.log ?? ((): void => undefined),
  };
  const faults = faultsIn(settings);
  if (faults.length > 0) throw new RangeError(`Kafka journal: ${faults.join('; ')}`);
  return settings;
};

const faultsIn = (settings: KafkaJournalSettings): readonly string[] => {
  const faults = POSITIVE.filter((name) => !(Number.isInteger(settings[name]) && settings[name] > 0)).map(
    (name) => `${name} must be a positive whole number, not ${settings[name]}`,
  );
  if (settings.requestBytesMax > REQUEST_BYTES_LIMIT) faults.push(`requestBytesMax must be <= ${REQUEST_BYTES_LIMIT}`);
  if (settings.brokers.length === 0) faults.push('brokers must name at least one address');
  return faults;
};

const POSITIVE = [
  'requestTimeoutMs',
  'connectTimeoutMs',
  'fetchWaitMs',
  'leaderCheckMs',
  'requestBytesMax',
  'queueBytesMax',
] as const;

/** With room for the batch header, below the `max.message.bytes` that we ask of topics (topic-settings.ts). */
const REQUEST_BYTES_LIMIT = 1_000_000;
