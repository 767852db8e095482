import type { TopicSpec } from '@openclaw/event-log';

/** What the brokers say about one topic. */
export interface TopicState {
  readonly partitions: readonly { readonly partition: number; readonly replicas: number }[];
  readonly config: ReadonlyMap<string, string>;
}

/** How many copies an acknowledged record has. Asked for by name only: see `KafkaJournalOptions.singleBroker`. */
export interface Durability {
  readonly replicas: number;
  readonly minInSyncReplicas: number;
}

export const durabilityOf = (singleBroker: boolean): Durability =>
  singleBroker ? { replicas: 1, minInSyncReplicas: 1 } : { replicas: 3, minInSyncReplicas: 2 };

/** Settings that a new topic gets: those that are asserted, and segments small enough for its retention to work. */
export const configForNewTopic = (spec: TopicSpec, durability: Durability): Readonly<Record<string, string>> => ({
  'cleanup.policy': 'delete',
  'retention.ms': retentionMs(spec),
  'retention.bytes': '-1',
  'min.insync.replicas': String(durability.minInSyncReplicas),
  'unclean.leader.election.enable': 'false',
  'message.timestamp.type': 'LogAppendTime',
  'compression.type': 'producer',
  'max.message.bytes': String(BATCH_BYTES_MIN),
  ...segments(spec),
});

/** Every setting that breaks a promise of the log, with its value and the remedy; empty when all is well. */
export const faultsOf = (topic: string, spec: TopicSpec, durability: Durability, state: TopicState): string[] => {
  const faults: string[] = [];
  if (state.partitions.length !== spec.partitions) {
    faults.push(`${topic} has ${state.partitions.length} partitions, must have ${spec.partitions} (for life)`);
  }
  const thin = state.partitions.filter(({ replicas }) => replicas < durability.replicas);
  for (const { partition, replicas } of thin) {
    faults.push(`${topic}/${partition} has ${replicas} replicas, must have ${durability.replicas}: reassign it`);
  }
  for (const rule of rulesFor(spec, durability)) {
    const value = state.config.get(rule.setting);
    if (value === undefined) faults.push(`${topic} ${rule.setting} cannot be read: grant DescribeConfigs`);
    else if (!rule.holds(value)) faults.push(`${topic} ${rule.setting} is ${value}, must be ${rule.wanted}`);
  }
  return faults;
};

interface Rule {
  readonly setting: string;
  readonly wanted: string;
  readonly holds: (value: string) => boolean;
}

const rulesFor = (spec: TopicSpec, durability: Durability): readonly Rule[] => [
  // Compaction would remove records: offsets with holes, claims forgotten.
  exactly('cleanup.policy', 'delete'),
  exactly('retention.ms', retentionMs(spec)),
  exactly('retention.bytes', '-1'),
  atLeast('min.insync.replicas', durability.minInSyncReplicas),
  // An unclean leader loses acknowledged records and hands their offsets out again.
  exactly('unclean.leader.election.enable', 'false'),
  // Time is the log's (ARCHITECTURE section 7), never a writer's.
  exactly('message.timestamp.type', 'LogAppendTime'),
  // kafkajs reads gzip only; with any other codec a broker would recompress what we wrote into what we cannot read.
  oneOf('compression.type', ['producer', 'uncompressed', 'gzip']),
  atLeast('max.message.bytes', BATCH_BYTES_MIN),
];

const exactly = (setting: string, wanted: string): Rule => oneOf(setting, [wanted]);

const oneOf = (setting: string, values: readonly string[]): Rule => ({
  setting,
  wanted: values.join(' or '),
  holds: (value) => values.includes(value),
});

const atLeast = (setting: string, least: number): Rule => ({
  setting,
  wanted: `at least ${least}`,
  holds: (value) => Number(value) >= least,
});

const retentionMs = (spec: TopicSpec): string => (spec.retention === 'forever' ? '-1' : String(spec.retention));

/** Kafka drops whole closed segments only: short retention needs segments that close in a fraction of it. */
const segments = (spec: TopicSpec): Readonly<Record<string, string>> => {
  if (spec.retention === 'forever' || spec.retention > DAY_MS) return {};
  const segmentMs = Math.max(Math.floor(spec.retention / SEGMENTS_PER_RETENTION), SEGMENT_MS_MIN);
  return { 'segment.ms': String(segmentMs), 'segment.bytes': String(SHORT_SEGMENT_BYTES) };
};

/** Kafka's own default, rounded down: one request of the adapter (at most 1,000,000 bytes) is one batch. */
const BATCH_BYTES_MIN = 1_048_576;
const DAY_MS = 86_400_000;
const SEGMENTS_PER_RETENTION = 6;
const SEGMENT_MS_MIN = 60_000;
const SHORT_SEGMENT_BYTES = 64 * 1024 * 1024;
