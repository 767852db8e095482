import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DEFAULT_TOPIC_POLICY, topicSpecs } from '@openclaw/contracts';
import { COORDINATION_TOPIC, LIFECYCLE_TOPIC } from '@openclaw/freshness';
import { readTopic } from '../service/read-topic';
import { type ServiceBed, USAGE_PARTITIONS } from '../service/service-bed';
import type { ServiceProcess } from '../service/service-process';

/** What a validator kept when it was done: much more than nothing, or nobody has looked. */
const SNAPSHOT_MIN_BYTES = 1_000_000;

/**
 * I6: looks for every canary in every record on the log, in what every process has printed, in every file that the
 * services have written, and in the heap of a validator. Returns where one was found; the canaries are named, not told.
 */
export const huntCanaries = async (
  canaries: Readonly<Record<string, string>>,
  {
    bed,
    brokers,
    validator,
  }: { readonly bed: ServiceBed; readonly brokers: readonly string[]; readonly validator: ServiceProcess },
): Promise<{ readonly found: readonly string[]; readonly searchedBytes: number }> => {
  const snapshot = await validator.heapSnapshot(join(bed.folder, `validator-${validator.pid}.heapsnapshot`));
  const heap = await readFile(snapshot);
  if (heap.length < SNAPSHOT_MIN_BYTES) throw new Error('the snapshot of the heap is no snapshot');
  const sinks: Record<string, Buffer> = {
    'the heap of a validator': heap,
    'the output of the processes': Buffer.from(bed.output().join('\n')),
    ...(await topicSinks(bed, brokers)),
    ...(await fileSinks(bed.folder)),
  };
  const found = Object.entries(canaries).flatMap(([canary, value]) =>
    Object.entries(sinks).flatMap(([sink, bytes]) => (bytes.includes(value) ? [`${canary} in ${sink}`] : [])),
  );
  return { found, searchedBytes: Object.values(sinks).reduce((sum, { length }) => sum + length, 0) };
};

const topicSinks = async ({ topicPrefix }: ServiceBed, brokers: readonly string[]): Promise<Record<string, Buffer>> => {
  const { usage, redemptions } = topicSpecs({ ...DEFAULT_TOPIC_POLICY, usagePartitions: USAGE_PARTITIONS });
  const topics = [
    { topic: LIFECYCLE_TOPIC, partitions: 1 },
    { topic: COORDINATION_TOPIC, partitions: 1 },
    usage,
    redemptions,
  ];
  const sinks: Record<string, Buffer> = {};
  for (const { topic, partitions } of topics) {
    for (let partition = 0; partition < partitions; partition += 1) {
      sinks[`${topic}/${partition}`] = Buffer.concat(await readTopic({ brokers, topicPrefix }, topic, partition));
    }
  }
  return sinks;
};

/** The files of the installation: spools and whatever else a service has written there. */
const fileSinks = async (folder: string): Promise<Record<string, Buffer>> => {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const sinks: Record<string, Buffer> = {};
  for (const file of files) {
    if (!file.isFile() || file.name.endsWith('.heapsnapshot')) continue;
    sinks[file.name] = await readFile(join(file.parentPath, file.name)).catch(() => Buffer.alloc(0)); // a spool's file goes when it is sent
  }
  return sinks;
};
