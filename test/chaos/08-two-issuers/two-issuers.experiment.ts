import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Conditions, Experiment, Observation } from '../experiment';
import { Child } from '../workload/child';
import { acknowledgedIsKept, answersAreMonotonic, heldBy, notDoneStaysUndone, type Told } from '../workload/history';
import { KafkaGround } from '../workload/kafka-ground';
import { type Accepted, type Reread, rereadJournal } from '../workload/reread';
import { historyDigest, type IssuerOrder } from './issuer';

const ground = new KafkaGround({ brokers: 3, faults: false });
const ISSUERS = 2;

interface Line {
  readonly ready?: true;
  readonly told?: Told;
}

/** INVARIANTS experiment 8: two issuer processes act on the same few codes at once; one of them is killed midway. */
export const twoIssuers: Experiment = {
  number: 8,
  title: 'two issuers act on one code at once',
  invariants: ['linearizable', 'I7', 'I12', 'I14'],
  mutants: { 'expected revision not checked': ['linearizable'], 'two records an append': ['linearizable'] },
  run: (conditions) => runOnce(conditions),
  close: () => ground.close(),
};

const runOnce = async ({ random, size, mutant, note }: Conditions): Promise<Observation> => {
  const long = size === 'long' && mutant === undefined;
  const topics = await ground.topics();
  const { brokers } = await ground.kafka();
  const codes = Array.from({ length: long ? 40 : 5 }, () => `code/${randomUUID()}`);
  const start = (index: number): Child<IssuerOrder, Line> =>
    new Child('08-two-issuers/issuer', {
      ...topics, brokers, codes, mutant, name: `issuer-${index}`, commandsAtOnce: 4, seed: random.between(1, 1e9),
    }); // prettier-ignore
  const issuers = Array.from({ length: ISSUERS }, (_, index) => start(index));
  await Promise.all(issuers.map((issuer) => issuer.line((line) => line.ready === true)));
  const victims: Child<IssuerOrder, Line>[] = [];
  for (let round = 0; round < (long ? 8 : 1); round += 1) {
    await answered(issuers, long ? 500 : 60);
    const victim = issuers.splice(random.between(0, ISSUERS - 1), 1)[0];
    if (victim === undefined) continue;
    await victim.kill();
    victims.push(victim);
    issuers.push(start(ISSUERS + round));
    await issuers.at(-1)?.line((line) => line.ready === true);
  }
  await answered(issuers, 60);
  await Promise.all(issuers.map((issuer) => issuer.stop()));
  const told = [...victims, ...issuers].flatMap((issuer) => issuer.lines.flatMap((line) => line.told ?? []));
  const badEnds = issuers
    .filter((issuer) => issuer.end !== 0)
    .map((issuer) => `I7: an issuer ended with ${issuer.end}`);

  const store = await ground.store();
  const log = await rereadJournal(await store.open(topics.lifecycleTopic));
  await store.close();
  note(`${told.length} answers, ${log.records} records`);
  const violations = [
    ...badEnds,
    ...acknowledgedIsKept(told, log),
    ...notDoneStaysUndone(told, log),
    ...answersAreMonotonic(told),
    ...decidedOnWhatWas(log),
  ];
  const count = (outcome: Told['outcome']): number => told.filter((one) => one.outcome === outcome).length;
  const revoked = log.history.filter((event) => event.terminal).length;
  const counts = {
    appended: count('appended'),
    conflicts: count('not-done'),
    revoked,
    superseded: log.superseded,
    kills: victims.length,
  };
  return { counts, held: heldBy(twoIssuers.invariants, violations), violations };
};

/** Resolves when each issuer that lives has had so many more answers, or ends because every code is revoked. */
const answered = async (issuers: readonly Child<IssuerOrder, Line>[], more: number): Promise<void> => {
  const targets = issuers.map((issuer) => ({ issuer, lines: issuer.lines.length + more }));
  while (targets.some(({ issuer, lines }) => issuer.end === null && issuer.lines.length < lines)) await pause(20);
};

/**
 * Linearizable per code: each accepted event names the history its decision rested on, and that is exactly the history
 * before it (a revocation may rest on an older one); no half of a command is accepted without the other half before it.
 */
const decidedOnWhatWas = (log: Reread): string[] => {
  const violations: string[] = [];
  const streams = new Map<string, Accepted[]>();
  for (const event of log.history) {
    if (!event.stream.startsWith('code/')) continue;
    const before = streams.get(event.stream) ?? [];
    streams.set(event.stream, [...before, event]);
    const was = historyDigest(before.map((one) => one.id));
    const { decidedon, part, commandid } = event.metadata;
    if (!event.terminal && decidedon !== was) {
      violations.push(
        `linearizable: ${event.stream} revision ${event.revision} was decided on ${decidedon}, not on ${was}`,
      );
    }
    if (part === '2' && before.at(-1)?.metadata['commandid'] !== commandid) {
      violations.push(`linearizable: only the second half of command ${commandid} is accepted`);
    }
  }
  return violations;
};
