import type { HealthCheck } from '@openclaw/platform';
import type { FollowedProjection } from '../follow-log/followed-projection';
import type { PartitionWorker } from '../follow-log/partition-worker';

/** How long a projection may be behind before the service is no longer ready. */
const LAG_MAX_MS = 10_000;

/** Where each partition of a projection stands. */
export const statusOf = async (projection: FollowedProjection) => {
  const quarantined = await projection.quarantined();
  return {
    projection: projection.name,
    generation: projection.generation,
    rebuilding: projection.isRebuilding,
    partitions: projection.workers.map((worker) => ({
      ...partitionStatus(worker),
      quarantined: quarantined.get(worker.source.partition) ?? 0,
    })),
  };
};

const partitionStatus = (worker: PartitionWorker) => {
  const { topic, partition, log } = worker.source;
  const { position = -1, records = 0, behindForMs = 0 } = worker.lag() ?? {};
  return {
    topic,
    partition,
    logId: log?.logId ?? null,
    position,
    lagRecords: records,
    behindForMs: Math.round(behindForMs),
    fault: worker.fault ?? null,
  };
};

/** Not ready while a projection stands still, or has been behind for longer than `LAG_MAX_MS`. */
export const lagCheck = (projection: FollowedProjection): HealthCheck => ({
  name: projection.name,
  check: async () => {
    const faults = projection.workers.flatMap((worker) => faultOf(worker) ?? []);
    return faults.length === 0 ? undefined : faults.join('; ');
  },
});

const faultOf = (worker: PartitionWorker): string | undefined => {
  const place = `${worker.source.topic}/${worker.source.partition}`;
  if (worker.fault !== undefined) return `${place}: ${worker.fault}`;
  const lag = worker.lag();
  if (lag === undefined || lag.behindForMs <= LAG_MAX_MS) return undefined;
  return `${place}: ${lag.records} records behind for ${Math.round(lag.behindForMs / 1000)} s`;
};
