import type { Lag } from '@openclaw/consumers';
import { type Observed, observe } from '@openclaw/platform';
import type { FollowedProjection } from '../follow-log/followed-projection';
import type { PartitionWorker } from '../follow-log/partition-worker';

/** How long the store may take to tell where the log ends. */
const MEASURE_MS = 1_000;

/** Tells where each projection stands (docs/reference/metrics.md) until the returned function is called. */
export const observeProjections = (projections: readonly FollowedProjection[]): (() => void) => {
  const each = async (read: (lag: Lag) => number): Promise<readonly Observed[]> => {
    const workers = projections.flatMap((projection) =>
      projection.workers.map((worker) => [projection, worker] as const),
    );
    const lags = await Promise.all(workers.map(([, worker]) => worker.measuredLag(MEASURE_MS)));
    return workers.flatMap(([projection, worker], i) => {
      const lag = lags[i] ?? worker.lag();
      return lag === undefined ? [] : [{ value: read(lag), attributes: placeOf(projection, worker.source) }];
    });
  };
  const ends = [
    observe('openclaw.projection.position', () => each(({ position }) => position)),
    observe('openclaw.projection.lag', () => each(({ records }) => records)),
    observe('openclaw.projection.lag.duration', () => each(({ behindForMs }) => behindForMs / 1000)),
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
