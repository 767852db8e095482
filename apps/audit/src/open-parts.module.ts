import { DEFAULT_TOPIC_POLICY, TOPIC, domainCodec, topicSpecs } from '@openclaw/contracts';
import { openEventLog } from '@openclaw/event-log';
import { RenewalBook, openFreshLog } from '@openclaw/freshness';
import { FollowedTopic, type Logger, OperatorDirectory, endProcessOnHalt, openStore } from '@openclaw/platform';
import {
  ProducerRenewals,
  type ProjectionDefinition,
  ProjectionTable,
  ReadModels,
  openViews,
  trailProjection,
  usageProjection,
} from '@openclaw/read-models-postgres';
import { ProducerAccounts } from './account-producers/producer-accounts';
import { ProducerWatch } from './account-producers/producer-watch';
import { RenewalsKeeper } from './account-producers/renewals-keeper';
import type { AuditConfig } from './audit.config';
import type { AuditParts } from './audit.module';
import { DeadLetterBox } from './follow-log/dead-letter-box';
import { FollowedProjection } from './follow-log/followed-projection';
import { observeProjections } from './observe-projections/projection-metrics';
import { type LogSource, openSource } from './follow-log/log-source';
import type { WorkerServices } from './follow-log/partition-worker';

type OpenedParts = AuditParts & { close(): Promise<void> };

/** What was opened so far, closed in reverse, also when a later step of the start fails. */
class Opened {
  readonly #closers: (() => Promise<void>)[] = [];

  add<T>(thing: T, close: (thing: T) => Promise<void>): T {
    this.#closers.push(() => close(thing));
    return thing;
  }

  async close(): Promise<void> {
    for (const close of this.#closers.splice(0).reverse()) await close();
  }
}

/** Opens views and logs with their adapters and starts the projections; the usage topic joins when it is there. */
export const openParts = async (config: AuditConfig, logger: Logger): Promise<OpenedParts> => {
  const opened = new Opened();
  try {
    return { ...(await open(config, logger, opened)), close: () => opened.close() };
  } catch (error) {
    await opened.close();
    throw error;
  }
};

const open = async (config: AuditConfig, logger: Logger, opened: Opened): Promise<AuditParts> => {
  const { models, views } = await openTables(config, opened);
  const { fresh, renewals, deadLetters, usage, directory } = await openLogs(config, logger, opened);
  const box = new DeadLetterBox(deadLetters, config.instance);
  const services: WorkerServices = {
    deadLetter: (source, log, letter) => box.post(source, log, letter),
    report: ({ what, detail }) => logger.warn({ detail }, what),
  };
  const start = async (definition: ProjectionDefinition, sources: readonly LogSource[]) => {
    const table = new ProjectionTable(models, definition);
    return opened.add(await FollowedProjection.start(table, sources, services), (one) => one.stop());
  };
  const projections = [
    await start(trail, [openSource(TOPIC.lifecycle, fresh.log)]),
    await start(usageProjection, usage.partitions),
  ];
  opened.add(observeProjections(projections), async (unobserve) => unobserve());
  opened.add(new RenewalsKeeper(renewals, new ProducerRenewals(models)), (one) => one.close());
  const producers = new ProducerAccounts(views.producers, renewals, Date.now);
  opened.add(new ProducerWatch(producers, logger), (one) => one.close());
  const checks = [
    { name: 'views', check: () => views.ping().then(() => undefined, String) },
    { name: 'usage-topic', check: () => Promise.resolve(usage.refusal) },
  ];
  return {
    fresh,
    directory,
    trail: views.trail,
    usage: views.usage,
    usageGroups: views.usageGroups,
    producers,
    projections,
    checks,
  };
};

/** What is of a newer schema goes to quarantine: shown half, it would be misread. */
const trail = trailProjection(({ type, data }) => {
  const decoded = domainCodec.decode(type, data);
  return decoded.understood ? undefined : decoded.reason;
});

const openTables = async ({ viewsUrl: url }: AuditConfig, opened: Opened) => {
  const models = opened.add(new ReadModels([trail, usageProjection], { url }), (one) => one.close());
  await models.migrate();
  return { models, views: opened.add(await openViews({ url }), (one) => one.close()) };
};

const openLogs = async (config: AuditConfig, logger: Logger, opened: Opened) => {
  const { instance: source, boundMs, usagePartitions } = config;
  const onHalt = endProcessOnHalt(logger);
  const specs = topicSpecs({ ...DEFAULT_TOPIC_POLICY, usagePartitions });
  const store = opened.add(openStore(config.log, source, logger), (one) => one.close());
  const renewals = new RenewalBook();
  const reader = { source, role: 'reader', boundMs, followersSetThePace: true, onHalt, listener: renewals } as const;
  const fresh = opened.add(await openFreshLog(store, reader), (one) => one.close());
  await store.ensureTopics([specs.deadLetter]);
  const letters = await openEventLog(await store.open(TOPIC.deadLetter), { source, role: 'writer', onHalt });
  const deadLetters = opened.add(letters, (one) => one.close());
  const usageStore = openStore(config.log, source, logger);
  const followed = new FollowedTopic({ store: usageStore, topic: specs.usage, source, onHalt });
  const usage = opened.add(followed, (one) => one.close());
  const directory = opened.add(new OperatorDirectory(fresh.log, config.access.hashOf), (one) => one.stop());
  await directory.ready(new AbortController().signal);
  return { fresh, renewals, deadLetters, usage, directory };
};
