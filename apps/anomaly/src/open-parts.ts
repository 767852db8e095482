import { DEFAULT_TOPIC_POLICY, topicSpecs } from '@openclaw/contracts';
import type { Alert } from '@openclaw/domain';
import { type EventLog, type JournalStore, openEventLog } from '@openclaw/event-log';
import { openFreshLog } from '@openclaw/freshness';
import {
  type HealthCheck,
  type Logger,
  OperatorDirectory,
  endProcessOnHalt,
  logCheck,
  processTraced,
} from '@openclaw/platform';
import type { AnomalyConfig } from './anomaly.config';
import type { AnomalyParts } from './anomaly.module';
import { Detector } from './detect-anomalies/detector';
import { TimeMerge } from './detect-anomalies/time-merge';
import { type TimedUse, UsageWatch } from './detect-anomalies/usage-watch';
import { observeDetector } from './observe-detector/detector-metrics';
import { AlertLog } from './raise-alert/alert-log';

/** A detector that is further behind than this does not detect. */
const BEHIND_MAX_MS = 60_000;

/** Opens the logs and begins to watch; waits while no issuer has opened the log. */
export const openParts = async (
  store: JournalStore,
  config: AnomalyConfig,
  logger: Logger,
): Promise<AnomalyParts & { close(): Promise<void> }> => {
  const { instance: source, boundMs, usagePartitions, rules } = config;
  const onHalt = endProcessOnHalt(logger);
  const specs = topicSpecs({ ...DEFAULT_TOPIC_POLICY, usagePartitions });
  await store.ensureTopics([specs.usage, specs.alerts]);
  const fresh = await openFreshLog(store, { source, role: 'reader', boundMs, onHalt });
  const directory = new OperatorDirectory(fresh.log, config.access.hashOf);
  const alertLogs: EventLog[] = [];
  for (let partition = 0; partition < specs.alerts.partitions; partition += 1) {
    const journal = await store.open(specs.alerts.topic, partition);
    alertLogs.push(await openEventLog(journal, { source, role: 'writer', onHalt }));
  }
  const alerts = new AlertLog(alertLogs, source, rules);
  const patience = new AbortController().signal;
  await Promise.all([directory.ready(patience), alerts.ready(patience)]);
  const partitions = Array.from({ length: usagePartitions }, (_, partition) => partition);
  const detector = new Detector(rules);
  const merge = new TimeMerge<TimedUse>(partitions, ({ eventId, event, partition, traced }) =>
    processTraced(traced, { topic: specs.usage.topic, partition, consumer: 'detector' }, async () => {
      for (const alert of detector.fold(eventId, event)) await raiseUntilSettled(alerts, alert);
    }),
  );
  const onEnd = (error: unknown): void => {
    logger.error({ reason: String(error) }, 'a usage partition is no longer watched: this process ends');
    process.exit(70);
  };
  const onNotUnderstood = (reason: string): void => logger.warn({ reason }, 'a usage event cannot be judged');
  const watches = partitions.map(
    (partition) => new UsageWatch({ store, partition, merge, source, onHalt, onEnd, onNotUnderstood }),
  );
  const unobserve = observeDetector(watches, alerts);
  return {
    alerts,
    directory,
    checks: [logCheck(fresh.log), lagCheck(watches)],
    close: async () => {
      unobserve();
      merge.close(new Error('the detector stops'));
      await Promise.all(watches.map((watch) => watch.stop()));
      await alerts.stop();
      await directory.stop();
      await Promise.all(alertLogs.map((log) => log.close()));
      await fresh.close();
    },
  };
};

const lagCheck = (watches: readonly UsageWatch[]): HealthCheck => ({
  name: 'usage',
  check: async () => {
    const lags = await Promise.all(watches.map((watch) => watch.lag()));
    const worst = Math.max(0, ...lags.map((lag) => lag?.behindForMs ?? 0));
    return worst <= BEHIND_MAX_MS ? undefined : `behind the usage topic for ${Math.round(worst / 1000)} s`;
  },
});

/** An alert that was found is never dropped because the topic was away for a while. */
const raiseUntilSettled = async (alerts: AlertLog, alert: Alert): Promise<void> => {
  for (;;) {
    try {
      await alerts.raise(alert);
      return;
    } catch (error) {
      if (!(error instanceof Error && error.name === 'OutcomeUnknown')) throw error;
    }
  }
};
