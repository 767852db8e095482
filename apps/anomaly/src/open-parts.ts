import { DEFAULT_TOPIC_POLICY, topicSpecs } from '@openclaw/contracts';
import type { Alert, DetectionRules } from '@openclaw/domain';
import { type EventLog, type JournalStore, openEventLog } from '@openclaw/event-log';
import { openFreshLog } from '@openclaw/freshness';
import {
  FollowedAggregates,
  type HealthCheck,
  type Logger,
  OperatorDirectory,
  alertHandlingAggregate,
  endProcessOnHalt,
  logCheck,
  processTraced,
} from '@openclaw/platform';
import type { AnomalyConfig } from './anomaly.config';
import type { AnomalyParts } from './anomaly.module';
import { Detector } from './detect-anomalies/detector';
import { SettingsTimeline } from './follow-settings/settings-timeline';
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
  const { instance: source, usagePartitions } = config;
  const onHalt = endProcessOnHalt(logger);
  const specs = topicSpecs({ ...DEFAULT_TOPIC_POLICY, usagePartitions });
  await store.ensureTopics([specs.usage, specs.alerts]);
  const logs = await openLogs(store, config, logger);
  const { alerts, handling, directory, timeline, fresh } = logs;
  const partitions = Array.from({ length: usagePartitions }, (_, partition) => partition);
  const detector = new Detector();
  const stop = new AbortController();
  const merge = new TimeMerge<TimedUse>(partitions, ({ eventId, event, partition, traced }) =>
    processTraced(traced, { topic: specs.usage.topic, partition, consumer: 'detector' }, async () => {
      if (!('position' in event.data)) return; // about a producer, and no use
      const force = await timeline.at(event.data.position, stop.signal);
      for (const alert of detector.fold(eventId, event, force)) await raiseUntilSettled(alerts, alert, force.rules);
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
    handling,
    directory,
    checks: [logCheck(fresh.log), lagCheck(watches)],
    close: async () => {
      unobserve();
      stop.abort(new Error('the detector stops'));
      merge.close(new Error('the detector stops'));
      await Promise.all(watches.map((watch) => watch.stop()));
      await logs.close();
    },
  };
};

/** The lifecycle log and the alert topic, and what is followed on them; resolves when all is known up to now. */
const openLogs = async (
  store: JournalStore,
  { instance: source, boundMs, rules, access }: AnomalyConfig,
  logger: Logger,
) => {
  const onHalt = endProcessOnHalt(logger);
  const fresh = await openFreshLog(store, { source, role: 'reader', boundMs, onHalt });
  const directory = new OperatorDirectory(fresh.log, access.hashOf);
  const { topic, partitions } = topicSpecs(DEFAULT_TOPIC_POLICY).alerts;
  const alertLogs: EventLog[] = [];
  for (let partition = 0; partition < partitions; partition += 1) {
    alertLogs.push(await openEventLog(await store.open(topic, partition), { source, role: 'writer', onHalt }));
  }
  const alerts = new AlertLog(alertLogs, source);
  const timeline = new SettingsTimeline(fresh.log, rules, (reason) =>
    logger.error({ reason }, 'detection settings cannot be read: those before them stay in force'),
  );
  const handling = new FollowedAggregates(fresh.log, alertHandlingAggregate);
  const patience = new AbortController().signal;
  await Promise.all([directory, alerts, timeline, handling].map((one) => one.ready(patience)));
  const close = async (): Promise<void> => {
    await Promise.all([alerts, timeline, handling, directory].map((one) => one.stop()));
    await Promise.all(alertLogs.map((log) => log.close()));
    await fresh.close();
  };
  return { fresh, directory, alerts, timeline, handling, close };
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
const raiseUntilSettled = async (alerts: AlertLog, alert: Alert, rules: DetectionRules): Promise<void> => {
  for (;;) {
    try {
      await alerts.raise(alert, rules);
      return;
    } catch (error) {
      if (!(error instanceof Error && error.name === 'OutcomeUnknown')) throw error;
    }
  }
};
