import type { JournalStore } from '@openclaw/event-log';
import { JournalSettingsRefused } from '@openclaw/event-log';
import { ConfigResourceTypes, Kafka, logLevel } from 'kafkajs';

/**
 * Kafka has no right to update a record; deleting and compacting are topic settings, and who may change those is an ACL
 * of the cluster. So each dangerous setting is tried: the log must refuse to start on it. Names what was not refused.
 */
const DANGEROUS: readonly (readonly [setting: string, value: string])[] = [
  ['cleanup.policy', 'compact'],
  ['cleanup.policy', 'compact,delete'],
  ['retention.ms', '60000'],
  ['retention.bytes', '1048576'],
  ['unclean.leader.election.enable', 'true'],
  ['message.timestamp.type', 'CreateTime'],
];

export const attemptsToTamperWithKafka = async (
  brokers: readonly string[],
  openStore: () => Promise<JournalStore>,
  topic: string,
): Promise<readonly string[]> => {
  const admin = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  const accepted: string[] = [];
  try {
    for (const [name, value] of DANGEROUS) {
      await alter(admin, topic, [{ name, value }]);
      if (!(await refuses(openStore, topic, name))) accepted.push(`${name}=${value}`);
    }
    const partitions = [{ topic, count: 2 }];
    await admin.createPartitions({ topicPartitions: partitions });
    if (!(await refuses(openStore, topic, 'partitions'))) accepted.push('a second partition');
  } finally {
    await admin.disconnect();
  }
  return accepted;
};

/** Sets exactly these topic settings; every other one goes back to what the log asked for when it made the topic. */
const alter = async (
  admin: ReturnType<Kafka['admin']>,
  topic: string,
  changes: readonly { name: string; value: string }[],
): Promise<void> => {
  const described = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: ConfigResourceTypes.TOPIC, name: topic }],
  });
  original.set(
    topic,
    original.get(topic) ?? (described.resources[0]?.configEntries ?? []).filter((entry) => !entry.isDefault),
  );
  const kept = (original.get(topic) ?? [])
    .filter((entry) => !changes.some((change) => change.name === entry.configName))
    .map((entry) => ({ name: entry.configName, value: entry.configValue }));
  const resource = { type: ConfigResourceTypes.TOPIC, name: topic, configEntries: [...kept, ...changes] };
  await admin.alterConfigs({ validateOnly: false, resources: [resource] });
};

const original = new Map<string, { configName: string; configValue: string }[]>();

const refuses = async (openStore: () => Promise<JournalStore>, topic: string, naming: string): Promise<boolean> => {
  const store = await openStore();
  try {
    await store.ensureTopics([{ topic, partitions: 1, retention: 'forever' }]);
    return false;
  } catch (error) {
    return error instanceof JournalSettingsRefused && error.faults.some((fault) => fault.includes(naming));
  } finally {
    await store.close();
  }
};
