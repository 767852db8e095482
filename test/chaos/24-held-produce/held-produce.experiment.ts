import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { StreamName } from '@openclaw/event-log';
import type { Conditions, Experiment, Observation } from '../experiment';
import { aChange } from '../workload/clients';
import { acknowledgedIsKept, heldBy, notDoneStaysUndone } from '../workload/history';
import { KafkaGround } from '../workload/kafka-ground';
import { type Reread, rereadJournal } from '../workload/reread';
import { APPEND_TIMEOUT_MS, openScene, type Mutant, type Scene } from './held-issuer';

const ground = new KafkaGround({ brokers: 3, faults: false });
const STREAMS = 12;

/** INVARIANTS experiment 24: produce requests are held by a proxy, the operator is answered, then they are released. */
export const heldProduce: Experiment = {
  number: 24,
  title: 'a produce times out and is held by a proxy, the operator is answered, then it is released',
  invariants: ['I14', 'I7', 'answered in time'],
  mutants: {
    '"failed" said on an unknown outcome': ['I14'],
    'a second append while one is unsettled': ['I14'],
  } satisfies Record<Mutant, readonly string[]>,
  run: (conditions) => runOnce(conditions),
  close: () => ground.close(),
};

const runOnce = async (conditions: Conditions): Promise<Observation> => {
  const mutant = conditions.mutant as Mutant | undefined;
  const holdMs = conditions.size === 'long' && mutant === undefined ? 60_000 : 4_000;
  const scene = await openScene(ground, mutant);
  const { operator, rivals, retries, proxy } = scene;
  const streams = Array.from({ length: STREAMS }, () => `chaos/${randomUUID()}` as StreamName);
  await Promise.all(streams.map((stream) => rivals.command(stream, 1, aChange('rival'))));
  await scene.held.log.barrier(AbortSignal.timeout(30_000));

  const late = await commandsWhileHeld(scene, streams, holdMs, conditions);
  const log = await reread(scene.topic);
  const told = [...operator.told, ...rivals.told, ...(mutant === undefined ? retries.told : [])];
  const violations = [...notDoneStaysUndone(told, log), ...acknowledgedIsKept(told, log)];
  if (mutant === undefined) violations.push(...late);
  await scene.close();
  const counts = {
    heldMs: holdMs, heldRequests: proxy.held, unknown: operator.count('unknown'), superseded: log.superseded,
    notDone: operator.count('not-done'), done: operator.count('appended'),
  }; // prettier-ignore
  return { counts, held: heldBy(heldProduce.invariants, violations), violations };
};

/** Two commands on every stream while nothing gets through; rivals take some streams. Answers who was not answered. */
const commandsWhileHeld = async (
  { proxy, operator, rivals, retries, rival }: Scene,
  streams: readonly StreamName[],
  holdMs: number,
  { random, note }: Conditions,
): Promise<string[]> => {
  const heldFromMs = performance.now();
  proxy.hold();
  const first = streams.map((stream) => ({ stream, event: aChange('held') }));
  const answers = first.map(({ stream, event }) => operator.command(stream, 2, event));
  // A rival takes some streams before the operator has an answer, some after, some not at all.
  const racing = streams.map(async (stream, i) => {
    if (i % 3 === 0) return;
    await pause(i % 3 === 1 ? random.between(0, 400) : APPEND_TIMEOUT_MS + random.between(100, 600));
    await rivals.command(stream, 2, aChange('rival'));
  });
  await pause(APPEND_TIMEOUT_MS + 500);
  const early = operator.told.length;
  // The operator gives another command on the same code, although the first is not settled.
  answers.push(...streams.map((stream) => operator.command(stream, 2, aChange('held'))));
  await Promise.all(racing);
  await pause(Math.max(0, holdMs - (performance.now() - heldFromMs)));
  const all = operator.told.length;
  note(`${proxy.held} produce requests held, ${all} answers given meanwhile`);
  await proxy.release();
  await Promise.all(answers);
  for (const { stream, event } of first) await retries.untilKnown(stream, 2, event);
  await rival.log.barrier(AbortSignal.timeout(60_000));
  if (early >= STREAMS && all >= 2 * STREAMS) return [];
  return [`answered in time: only ${early} of ${STREAMS} first and ${all} of ${2 * STREAMS} commands`];
};

const reread = async (topic: string): Promise<Reread> => {
  const store = await ground.store();
  try {
    return await rereadJournal(await store.open(topic));
  } finally {
    await store.close();
  }
};
