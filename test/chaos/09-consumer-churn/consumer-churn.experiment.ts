import type { Conditions, Experiment, Observation } from '../experiment';
import { WaitingClients } from '../workload/clients';
import { openHeart } from '../workload/heart';
import { acknowledgedIsKept, heldBy, type Told } from '../workload/history';
import { KafkaGround } from '../workload/kafka-ground';
import { PostgresGround } from '../workload/postgres-ground';
import { productAppend } from '../workload/product-append';
import { CHECKPOINT_FIRST } from '../workload/projector';
import { type Reread, rereadJournal } from '../workload/reread';
import { makeTrail, readTrail, type TrailContent } from '../workload/trail';
import { Churn } from './churn';

const kafka = new KafkaGround({ brokers: 3, faults: true });
const postgres = new PostgresGround({ faults: false });

/**
 * INVARIANTS experiment 9. Our Kafka readers form no consumer groups, so the storm is readers that start, stop and are
 * killed, and a partition leader that is killed meanwhile.
 */
export const consumerChurn: Experiment = {
  number: 9,
  title: 'consumers under churn: readers come, go and are killed, and the partition leader moves',
  invariants: ['I5', 'I7'],
  mutants: { [CHECKPOINT_FIRST]: ['I5', 'I7'] },
  run: (conditions) => runOnce(conditions),
  close: async () => {
    await kafka.close();
    await postgres.close();
  },
};

interface Extent {
  /** At least; appends go on until the last projector has come and gone. */
  readonly events: number;
  readonly clients: number;
  readonly projectors: number;
  /** How often each projector comes and goes at least. */
  readonly lives: number;
  /** A projector dies at one of so many first statements. */
  readonly statements: number;
}

/** A mutant gets more lives: about one kill in four strikes between checkpoint and rows. */
const extentOf = ({ size, mutant }: Conditions): Extent => {
  if (mutant !== undefined) return { events: 500, clients: 6, projectors: 3, lives: 6, statements: 30 };
  if (size === 'short') return { events: 1_000, clients: 6, projectors: 2, lives: 4, statements: 30 };
  return { events: 100_000, clients: 64, projectors: 5, lives: 12, statements: 120 };
};

const runOnce = async (conditions: Conditions): Promise<Observation> => {
  const { random, mutant, note } = conditions;
  const { events, clients: appending, projectors, lives, statements } = extentOf(conditions);
  const topics = await kafka.topics();
  const { brokers } = await kafka.kafka();
  const url = await postgres.database('churn');
  const schemas = Array.from({ length: projectors }, (_, i) => `projector_${i}`);
  for (const schema of [...schemas, FRESH]) await makeTrail(url, schema);
  const store = await kafka.store();
  const heart = await openHeart(store, { ...topics, source: 'writer' });
  const clients = new WaitingClients(appending, productAppend(heart.log));

  let end = -1;
  const churn = new Churn({ ...topics, brokers, url, batchRecords: 50, mutant }, random, statements);
  const driven = Promise.all(schemas.map((schema) => churn.drive(schema, lives, () => end)));
  await clients.reached(events / 2);
  await churn.everybodyHasLived(lives / 2);
  const restarted = mutant === undefined ? await moveLeader(topics.lifecycleTopic, note) : undefined;
  await clients.reached(events);
  await churn.everybodyHasLived(lives);
  await clients.stop();
  end = heart.log.head().position;
  note(`${clients.acknowledged} events acknowledged, log ends at ${end}`);
  await driven;
  const honest = new Churn({ ...topics, brokers, url, batchRecords: 500, mutant: undefined }, random, statements);
  await honest.drive(FRESH, 0, () => end);

  const log = await rereadJournal(await store.open(topics.lifecycleTopic));
  const contents = await Promise.all([FRESH, ...schemas].map((schema) => readTrail(url, schema)));
  const violations = [...churn.badEnds, ...honest.badEnds, ...compare(contents, clients.told, log)];
  await heart.close();
  await store.close();
  await restarted?.whole;
  const { kills, stops, starts, failedStarts } = churn;
  const counts = {
    acknowledged: clients.acknowledged,
    records: log.records,
    projectors: schemas.length,
    starts,
    kills,
    stops,
    failedStarts,
  };
  return { counts, held: heldBy(consumerChurn.invariants, violations), violations };
};

/** Every trail is the same (I5), and holds every record once and every acknowledged event (I7). */
const compare = (contents: readonly TrailContent[], told: readonly Told[], log: Reread): string[] => {
  const violations = acknowledgedIsKept(told, log);
  const digests = new Set(contents.map((content) => content.sha256));
  if (digests.size !== 1) violations.push(`I5: ${digests.size} different digests of ${contents.length} trails`);
  for (const [index, { rows }] of contents.entries()) {
    const ids = new Set(rows.values());
    const missing = told.filter((one) => one.outcome === 'appended' && !ids.has(one.id));
    if (missing.length > 0) violations.push(`I7: ${missing.length} acknowledged events are not in trail ${index}`);
    if (rows.size !== log.records) violations.push(`I7: trail ${index} has ${rows.size} of ${log.records} records`);
  }
  return violations;
};

/** A replay from zero that nobody disturbs. */
const FRESH = 'fresh_replay';

/** Kills the leader; resolves when another one leads, with the cluster being made whole meanwhile. */
const moveLeader = async (topic: string, note: (line: string) => void): Promise<{ readonly whole: Promise<void> }> => {
  const leader = await kafka.leaderOf(topic);
  const cluster = await kafka.kafka();
  await cluster.kill(leader);
  let now = leader;
  while (now === leader) now = await kafka.leaderOf(topic);
  note(`the leader ${leader} was killed, ${now} leads`);
  return { whole: cluster.restart(leader) };
};
