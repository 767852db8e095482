import { DEFAULT_TOPIC_POLICY, TOPIC, domainCodec, topicSpecs } from '@openclaw/contracts';
import { openEventLog } from '@openclaw/event-log';
import { openFreshLog } from '@openclaw/freshness';
import { FollowedTopic, type Logger, OperatorDirectory, endProcessOnHalt, openStore } from '@openclaw/platform';
import { ProjectionTable, ReadModels, openViews, trailProjection, usageProjection } from '@openclaw/read-models-postgres';
import type { AuditConfig } from './audit.config';
import type { AuditParts } from './audit.module';
import { DeadLetterBox } from './follow-log/dead-letter-box';
import { FollowedProjection } from './follow-log/followed-projection';
import { openSource } from './follow-log/log-source';
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
  const { instance, viewsUrl } = config;
  const onHalt = endProcessOnHalt(logger);
  const specs = topicSpecs({ ...DEFAULT_TOPIC_POLICY, usagePartitions: config.usagePartitions });
  const trail = trailProjection(({ type, data }) => {
    const decoded = domainCodec.decode(type, data);
    return decoded.understood ? undefined : decoded.reason;
  });
  const models = opened.add(new ReadModels([trail, usageProjection], { url: viewsUrl }), (one) => one.close());
  await models.migrate();
  const views = opened.add(await openViews({ url: viewsUrl }), (one) => one.close());

  const store = opened.add(openStore(config.log, instance, logger), (one) => one.close());
  const fresh = opened.add(
    await openFreshLog(store, { source: instance, role: 'reader', boundMs: config.boundMs, followersSetThePace: true, onHalt }),
    (one) => one.close(),
  );
  await store.ensureTopics([specs.deadLetter]);
  const deadLetters = opened.add(
    await openEventLog(await store.open(TOPIC.deadLetter), { source: instance, role: 'writer', onHalt }),
    (one) => one.close(),
  );
  const usageStore = openStore(config.log, instance, logger);
  const usage = opened.add(
    new FollowedTopic({ store: usageStore, topic: specs.usage, source: instance, onHalt }),
    (one) => one.close(),
  );
  const directory = opened.add(new OperatorDirectory(fresh.log), (one) => one.stop());
  await directory.ready(new AbortController().signal);

  const box = new DeadLetterBox(deadLetters, instance);
  const services: WorkerServices = {
    deadLetter: (source, log, letter) => box.post(source, log, letter),
    report: ({ what, detail }) => logger.warn({ detail }, what),
  };
  const start = async (definition: typeof trail, sources: Parameters<typeof FollowedProjection.start>[1]) =>
    opened.add(await FollowedProjection.start(new ProjectionTable(models, definition), sources, services), (one) => one.stop());
  const projections = [
    await start(trail, [openSource(TOPIC.lifecycle, fresh.log)]),
    await start(usageProjection, usage.partitions),
  ];
  const checks = [
    { name: 'views', check: () => views.ping().then(() => undefined, String) },
    { name: 'usage-topic', check: async () => usage.refusal },
  ];
  return { fresh, directory, trail: views.trail, usage: views.usage, projections, checks };
};
