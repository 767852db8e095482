import type { Lag } from '@openclaw/consumers';
import { TOPIC } from '@openclaw/contracts';
import { type Observed, observe } from '@openclaw/platform';
import type { UsageWatch } from '../detect-anomalies/usage-watch';
import type { AlertLog } from '../raise-alert/alert-log';

/** Tells what the detector raised and how far it is, until the returned function is called. */
export const observeDetector = (watches: readonly UsageWatch[], alerts: AlertLog): (() => void) => {
  const each = async (read: (lag: Lag) => number): Promise<readonly Observed[]> => {
    const lags = await Promise.all(watches.map((watch) => watch.lag()));
    return lags.flatMap((lag, partition) =>
      lag === undefined ? [] : [{ value: read(lag), attributes: placeOf(partition) }],
    );
  };
  const ends = [
    observe('openclaw.anomaly.alerts', () => alerts.raised.read((rule) => ({ 'openclaw.rule': rule }))),
    observe('openclaw.projection.position', () => each(({ position }) => position)),
    observe('openclaw.projection.lag', () => each(({ records }) => records)),
    observe('openclaw.projection.lag.duration', () => each(({ behindForMs }) => behindForMs / 1000)),
  ];
  return () => {
    for (const end of ends) end();
  };
};

const placeOf = (partition: number) => ({
  'openclaw.projection': 'detector',
  'messaging.destination.name': TOPIC.usage,
  'messaging.destination.partition.id': String(partition),
});
