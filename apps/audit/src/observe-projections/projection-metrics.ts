import { type Observed, observe } from '@openclaw/platform';
import type { FollowedProjection } from '../follow-log/followed-projection';
import type { PartitionWorker } from '../follow-log/partition-worker';

/** Tells where each projection stands (docs/reference/metrics.md) until the returned function is called. */
export const observeProjections = (projections: readonly FollowedProjection[]): (() => void) => {
  const each = (read: (worker: PartitionWorker) => number | undefined): readonly Observed[] =>
    projections.flatMap((projection) =>
      projection.workers.flatMap((worker) => {
        const value = read(worker);
        return value === undefined ? [] : [{ value, attributes: placeOf(projection, worker.source) }];
      }),
    );
  const ends = [
    observe('openclaw.projection.position', () => each((worker) => worker.lag()?.position)),
    observe('openclaw.projection.lag', () => each((worker) => worker.lag()?.records)),
    observe('openclaw.projection.lag.duration', () => each((worker) => seconds(worker.lag()?.behindForMs))),
    observe('openclaw.projection.quarantined', async () => {
      const counts = await Promise.all(projections.map(quarantinedOf));
      return counts.flat();
    }),
  ];
  return () => {
    for (const end of ends) end();
  };
};

const quarantinedOf = async (projection: FollowedProjection): Promise<readonly Observed[]> => {
  const counts = await projection.quarantined();
  return projection.workers.map(({ source }) => ({
    value: counts.get(source.partition) ?? 0,
    attributes: placeOf(projection, source),
  }));
};

const placeOf = ({ name }: FollowedProjection, { topic, partition }: PartitionWorker['source']) => ({
  'openclaw.projection': name,
  'messaging.destination.name': topic,
  'messaging.destination.partition.id': String(partition),
});

const seconds = (ms: number | undefined): number | undefined => (ms === undefined ? undefined : ms / 1000);
