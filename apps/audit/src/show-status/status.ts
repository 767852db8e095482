import { setTimeout as pauseFor } from 'node:timers/promises';
import type { HealthCheck } from '@openclaw/platform';
import type { FollowedProjection } from '../follow-log/followed-projection';
import type { PartitionWorker } from '../follow-log/partition-worker';

/** How long a projection may be behind before the service is no longer ready. */
const LAG_MAX_MS = 10_000;

/** How long the store may take to tell where the log ends. */
const MEASURE_MS = 1_000;

/** Where each partition of a projection stands. */
export const statusOf = async (projection: FollowedProjection) => {
  const quarantined = await within(MEASURE_MS, projection.quarantined());
  return {
    projection: projection.name,
    generation: projection.generation,
    rebuilding: projection.isRebuilding,
    partitions: await Promise.all(
      projection.workers.map(async (worker) => ({
        ...(await partitionStatus(worker)),
        // Null: the database does not answer, and only it knows.
        quarantined: quarantined === undefined ? null : (quarantined.get(worker.source.partition) ?? 0),
      })),
    ),
  };
};

/** Undefined when there is no answer in time: a status that waits for a hung database tells nobody that it hangs. */
const within = async <T>(ms: number, answer: Promise<T>): Promise<T | undefined> => {
  const late = new AbortController();
  const inTime = pauseFor(ms, undefined, { signal: late.signal }).catch(() => undefined);
  try {
    return await Promise.race([answer.catch(() => undefined), inTime]);
  } finally {
    late.abort();
  }
};

const partitionStatus = async (worker: PartitionWorker) => {
  const { topic, partition, log } = worker.source;
  const measured = await worker.measuredLag(MEASURE_MS);
  const { position = -1, behindForMs = 0 } = measured ?? worker.lag() ?? {};
  return {
    topic,
    partition,
    logId: log?.logId ?? null,
    position,
    /** Null: the log is not open yet, or does not answer. */
    lagRecords: measured?.records ?? null,
    behindForMs: Math.round(behindForMs),
    fault: worker.fault ?? null,
  };
};

/** Not ready while a projection stands still, or has been behind for longer than `LAG_MAX_MS`. */
export const lagCheck = (projection: FollowedProjection): HealthCheck => ({
  name: projection.name,
  check: async () => {
    const faults = (await Promise.all(projection.workers.map(faultOf))).filter((one) => one !== undefined);
    return faults.length === 0 ? undefined : faults.join('; ');
  },
});

const faultOf = async (worker: PartitionWorker): Promise<string | undefined> => {
  const place = `${worker.source.topic}/${worker.source.partition}`;
  if (worker.fault !== undefined) return `${place}: ${worker.fault}`;
  const lag = (await worker.measuredLag(MEASURE_MS)) ?? worker.lag();
  if (lag === undefined || lag.behindForMs <= LAG_MAX_MS) return undefined;
  return `${place}: ${lag.records} records behind for ${Math.round(lag.behindForMs / 1000)} s`;
};
