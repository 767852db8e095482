import type { Conditions, Experiment, Observation } from '../experiment';
import { Child } from '../workload/child';
import { openHeart } from '../workload/heart';
import { heldBy } from '../workload/history';
import { KafkaGround } from '../workload/kafka-ground';
import { PostgresGround } from '../workload/postgres-ground';
import {
  CHECKPOINT_FIRST,
  type Death,
  POISON_SKIPPED,
  type ProjectorLine,
  type ProjectorOrder,
} from '../workload/projector';
import { makeTrail, readTrail, type TrailContent } from '../workload/trail';
import { type Expected, PoisonedLog } from './poison';

const kafka = new KafkaGround({ brokers: 3, faults: false });
const postgres = new PostgresGround({ faults: false });
const SCHEMA = 'projector';

/** INVARIANTS experiment 10: a projector is killed inside its batch again and again, with poison in the middle. */
export const killedProjector: Experiment = {
  number: 10,
  title: 'kill -9 of a projector inside its batch, poison events in the middle',
  invariants: ['I7'],
  mutants: { [CHECKPOINT_FIRST]: ['I7'], [POISON_SKIPPED]: ['I7'] },
  run: (conditions) => runOnce(conditions),
  close: async () => {
    await kafka.close();
    await postgres.close();
  },
};

const runOnce = async ({ random, size, mutant, note }: Conditions): Promise<Observation> => {
  const long = size === 'long' && mutant === undefined;
  const topics = await kafka.topics();
  const { brokers } = await kafka.kafka();
  const url = await postgres.database('projector');
  await makeTrail(url, SCHEMA);
  const store = await kafka.store();
  const heart = await openHeart(store, { ...topics, source: 'writer' });
  const own = await ownRecords(heart.log.head().position);
  const poisoned = new PoisonedLog(heart.log, await store.open(topics.lifecycleTopic), random);
  const expected = await poisoned.fill(long ? 40 : 12, long ? 60 : 20);
  await heart.log.barrier(AbortSignal.timeout(30_000));
  const end = heart.log.head().position;
  await heart.close();
  await store.close();

  const start = (death: Death | undefined): Child<ProjectorOrder, ProjectorLine> =>
    new Child('workload/projector', {
      ...topics,
      brokers,
      url,
      schema: SCHEMA,
      death,
      batchRecords: 10,
      mutant,
    });
  let kills = 0;
  for (let round = 0; round < killsOf(long, mutant); round += 1) {
    const projector = start({ statement: random.between(4, 30), sent: random.next() < 0.5 });
    const finished = projector
      .line((line) => line.handled >= end)
      .then(
        () => projector.stop(),
        () => undefined,
      );
    await Promise.race([projector.ended, finished]);
    if (projector.end !== 'SIGKILL') break;
    kills += 1;
  }
  const last = start(undefined);
  const stalled = await last.line((line) => line.handled >= end).then(() => undefined, String);
  await last.stop();
  const content = await readTrail(url, SCHEMA);
  const violations = [
    ...(stalled === undefined ? [] : [`I7: the projector does not reach the end: ${stalled}`]),
    ...compare(content, expected, own),
  ];
  note(`${kills} kills, ${content.rows.size} rows, ${content.quarantined.size} in quarantine`);
  const counts = { kills, rows: content.rows.size, quarantined: content.quarantined.size };
  return { counts, held: heldBy(killedProjector.invariants, violations), violations };
};

/** Poison that is skipped shows without any kill. */
const killsOf = (long: boolean, mutant: string | undefined): number => {
  if (mutant === POISON_SKIPPED) return 0;
  return long ? 40 : 6;
};

/** Records about the log itself, written before the experiment's first. */
const ownRecords = async (position: number): Promise<ReadonlySet<number>> =>
  new Set(Array.from({ length: position + 1 }, (_, i) => i));

/** Each record is a row or in quarantine as the poison rule has it, never both and never nowhere. */
const compare = (content: TrailContent, expected: Expected, own: ReadonlySet<number>): string[] => {
  const violations: string[] = [];
  for (const position of [...expected.rows, ...own]) {
    if (!content.rows.has(position)) violations.push(`I7: record ${position} is not in the trail`);
    if (content.quarantined.has(position)) violations.push(`I7: record ${position} is in quarantine without a reason`);
  }
  for (const [position, kind] of expected.quarantined) {
    const found = content.quarantined.get(position);
    if (found !== kind) violations.push(`I7: record ${position} is not in quarantine as ${kind} (${found})`);
    if (content.rows.has(position)) violations.push(`I7: record ${position} is poison and in the trail`);
  }
  const known = expected.rows.size + own.size;
  if (content.rows.size > known) violations.push(`I7: ${content.rows.size} rows for ${known} records`);
  return violations;
};
