import { type ProjectionStore, ProjectionRunner } from '@openclaw/consumers';
import { openKafkaJournalStore } from '@openclaw/event-log-kafka';
import type { ReadModels } from '@openclaw/read-models-postgres';
import { orderOf, stopAsked, tell } from './child';
import { type LogTopics, openHeart } from './heart';
import { SlicedJournal } from './sliced-journal';
import { type InsertRows, insertRows, openTrail, trail } from './trail';

export interface ProjectorOrder extends LogTopics {
  readonly brokers: readonly string[];
  readonly url: string;
  readonly schema: string;
  /** Where it ends itself by SIGKILL. */
  readonly death: Death | undefined;
  /** Records of one commit at most. */
  readonly batchRecords: number;
  readonly mutant: string | undefined;
}

/** The n-th SQL statement, when it has just been sent or just before: no statement's place decides which. */
export interface Death {
  readonly statement: number;
  readonly sent: boolean;
}

export interface ProjectorLine {
  readonly handled: number;
}

/** Exit codes: the store did not answer at the start; and everything that must never happen. */
export const NOT_STARTED = 75;
const PROJECTOR_FAILED = 1;

export const CHECKPOINT_FIRST = 'checkpoint saved before the rows';
export const POISON_SKIPPED = 'poison skipped';

/** The trail's projector as a process: follows the log into its own schema until it is stopped or dies. */
const main = async (): Promise<void> => {
  const order = orderOf<ProjectorOrder>();
  const stop = stopAsked();
  const journals = openKafkaJournalStore({ brokers: order.brokers, clientId: order.schema, singleBroker: false });
  const heart = await openHeart(journals, {
    ...order, source: order.schema, role: 'reader',
    decorate: (journal) => new SlicedJournal(journal, order.batchRecords),
    // The service ends itself loudly; so do we.
    onHalt: (reason) => process.exit(reportFailure(reason)),
  }); // prettier-ignore
  const models = openTrail(order.url, order.schema);
  if (order.death !== undefined) dieAt(models, order.death);
  const target = models.store(trail, await models.serving(trail.table));
  const store = planted(target, order.mutant, (entries) => insertRows(models, entries));
  const runner = await ProjectionRunner.start({ log: heart.log, store });
  runner.subscription.ended.catch((error: unknown) => process.exit(reportFailure(error)));
  const progress = setInterval(() => tell({ handled: runner.lag().position }), 50);
  // It may have been asked while it was still starting.
  if (!stop.aborted) await new Promise((resolve) => stop.addEventListener('abort', resolve));
  clearInterval(progress);
  await runner.stop();
  tell({ handled: runner.lag().position });
  await heart.close();
  await models.close();
  await journals.close();
};

/** Ends the process without a word. */
const dieAt = (models: ReadModels, death: Death): void => {
  let statement = 0;
  const die = (): void => void process.kill(process.pid, 'SIGKILL');
  models.pool.on('connect', (client) => {
    const query: (...args: unknown[]) => unknown = client.query.bind(client);
    const counted = (...args: unknown[]): unknown => {
      statement += 1;
      if (statement === death.statement && !death.sent) die();
      const answer = query(...args);
      if (statement === death.statement) setImmediate(die);
      return answer;
    };
    Object.assign(client, { query: counted });
  });
};

/** The mutants of a projection's commit. */
const planted = (store: ProjectionStore, mutant: string | undefined, insert: InsertRows): ProjectionStore => {
  if (mutant === undefined) return store;
  const commit: ProjectionStore['commit'] = async (batch) => {
    if (mutant === CHECKPOINT_FIRST) {
      await store.commit({ ...batch, apply: [] });
      await insert(batch.apply);
    } else await store.commit({ ...batch, quarantine: [] });
  };
  const { name, foldVersion } = store;
  const refuses: ProjectionStore['refuses'] = (event) => store.refuses(event);
  return { name, foldVersion, refuses, commit, load: () => store.load(), reset: () => store.reset() };
};

const reportFailure = (error: unknown): number => {
  console.error(error);
  return PROJECTOR_FAILED;
};

if (require.main === module) {
  main().then(
    () => process.exit(0),
    // It could not start, because nobody leads just now: whoever supervises it starts it again.
    (error: unknown) => process.exit(String(error).startsWith('KafkaTimeout') ? NOT_STARTED : reportFailure(error)),
  );
}
