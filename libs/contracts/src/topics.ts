/**
 * The seven topics of ARCHITECTURE section 4: on Kafka a topic, on PostgreSQL and in memory a log of the same name.
 * Partition counts are fixed for the life of a deployment, because a key must stay in its partition (`partitioner.ts`).
 */
export interface TopicSpec {
  readonly topic: string;
  readonly partitions: number;
  /** `forever`, or milliseconds after which records may go. Never compacted either way. */
  readonly retention: 'forever' | number;
}

export const TOPIC = {
  /** Key: stream. Master keys, codes, operators, policies, alert decisions: every change. One total order. */
  lifecycle: 'openclaw.lifecycle.v1',
  /** Key: code id. Claims on single-use, N-use and exact budgets. */
  redemptions: 'openclaw.redemptions.v1',
  /** Key: code id, or source address for unknown codes. Every decision of every validator, allow and deny. */
  usage: 'openclaw.usage.v1',
  /** Key: entity (code id). OCSF Detection Findings as CloudEvents; security teams subscribe here. */
  alerts: 'openclaw.alerts.v1',
  /** Key: writer or validator. Heads and renewals. */
  coordination: 'openclaw.coordination.v1',
  /** Key: log origin. Signed seals and tree checkpoints. */
  checkpoints: 'openclaw.checkpoints.v1',
  /** Key: source topic. What could not be parsed, with the reason. */
  deadLetter: 'openclaw.dead-letter.v1',
} as const;

export type TopicName = keyof typeof TOPIC;

/** What an operator may choose, once, before the topics exist (partitions) or at any time (retention). */
export interface TopicPolicy {
  readonly redemptionPartitions: number;
  readonly usagePartitions: number;
  readonly alertPartitions: number;
  readonly usageRetentionMs: number;
  readonly alertRetentionMs: number;
  readonly deadLetterRetentionMs: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** 400 days: a year of history plus a month to look back from its end. 12 partitions divide by 2, 3, 4 and 6 readers. */
export const DEFAULT_TOPIC_POLICY: TopicPolicy = {
  redemptionPartitions: 12,
  usagePartitions: 12,
  alertPartitions: 3,
  usageRetentionMs: 400 * DAY_MS,
  alertRetentionMs: 400 * DAY_MS,
  deadLetterRetentionMs: 400 * DAY_MS,
};

/** Coordination holds leases, whose bound is seconds; an hour is how far behind a starting validator may read. */
const COORDINATION_RETENTION_MS = HOUR_MS;

/** The topics with their settings, in a form that `JournalStore.ensureTopics` takes. */
export const topicSpecs = (policy: TopicPolicy = DEFAULT_TOPIC_POLICY): Readonly<Record<TopicName, TopicSpec>> => ({
  lifecycle: { topic: TOPIC.lifecycle, partitions: 1, retention: 'forever' },
  redemptions: { topic: TOPIC.redemptions, partitions: policy.redemptionPartitions, retention: 'forever' },
  usage: { topic: TOPIC.usage, partitions: policy.usagePartitions, retention: policy.usageRetentionMs },
  alerts: { topic: TOPIC.alerts, partitions: policy.alertPartitions, retention: policy.alertRetentionMs },
  coordination: { topic: TOPIC.coordination, partitions: 1, retention: COORDINATION_RETENTION_MS },
  checkpoints: { topic: TOPIC.checkpoints, partitions: 1, retention: 'forever' },
  deadLetter: { topic: TOPIC.deadLetter, partitions: 1, retention: policy.deadLetterRetentionMs },
});
