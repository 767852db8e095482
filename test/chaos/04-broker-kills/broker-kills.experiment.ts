import type { Conditions, Experiment, Observation } from '../experiment';
import { WaitingClients } from '../workload/clients';
import { acknowledgedIsKept, answersAreMonotonic, heldBy, notDoneStaysUndone } from '../workload/history';
import { KafkaGround } from '../workload/kafka-ground';
import { rereadJournal } from '../workload/reread';
import { BrokerNemesis, type Blow } from './broker-nemesis';
import { openAppend, type Mutant } from './open-append';

const CLIENTS = 12;
const ground = new KafkaGround({ brokers: 3, faults: true });

/** INVARIANTS experiment 4: brokers of a three-broker cluster are killed, frozen and restarted under acks=all appends. */
export const brokerKills: Experiment = {
  number: 4,
  title: 'kill -9 of brokers during appends, leader elections, restart loop',
  invariants: ['I7', 'I12', 'I14'],
  mutants: {
    '"failed" said on an unknown outcome, then a second record': ['I7', 'I14'],
    'kafkajs idempotence with one failed send': ['I7'],
    'acknowledged before read back, with acks=1': ['I7'],
  } satisfies Record<Mutant, readonly string[]>,
  run: (conditions) => runOnce(conditions),
  close: () => ground.close(),
};

const runOnce = async ({ random, size, mutant, note }: Conditions): Promise<Observation> => {
  const topics = await ground.topics();
  const nemesis = new BrokerNemesis(ground, topics.lifecycleTopic, note);
  const appending = await openAppend(ground, topics, mutant as Mutant | undefined);
  const clients = new WaitingClients(CLIENTS, appending.append);
  const blows: Blow[] = ['freeze followers', 'kill leader while followers are frozen'];
  const endsMs = performance.now() + 75_000;
  let strokes = 0;
  while (strokes < blows.length || (size === 'long' && mutant === undefined && performance.now() < endsMs)) {
    await progress(clients);
    const blow =
      blows[strokes] ?? random.pick<Blow>(['kill leader', 'kill follower', 'freeze leader', 'freeze followers']);
    await nemesis.strike(blow, random.between(1_200, 2_500));
    strokes += 1;
    await progress(clients);
    // A mutant that has been seen needs no further blow.
    if (mutant !== undefined && (await staysBroken(clients, topics.lifecycleTopic))) break;
  }
  await clients.stop();
  const seen = await judge(clients, topics.lifecycleTopic);
  await appending.close();
  const unknown = clients.told.filter((one) => one.outcome === 'unknown').length;
  return {
    counts: { strokes, acknowledged: clients.acknowledged, unknown, restarts: nemesis.restarts },
    held: heldBy(brokerKills.invariants, seen),
    violations: seen,
  };
};

const judge = async (clients: WaitingClients, topic: string): Promise<string[]> => {
  const told = [...clients.told];
  const store = await ground.store();
  try {
    const log = await rereadJournal(await store.open(topic));
    return [...acknowledgedIsKept(told, log), ...notDoneStaysUndone(told, log), ...answersAreMonotonic(told)];
  } finally {
    await store.close();
  }
};

/** Seen twice, because what the leader alone has said is for a moment not readable, and not yet lost. */
const staysBroken = async (clients: WaitingClients, topic: string): Promise<boolean> => {
  if ((await judge(clients, topic)).length === 0) return false;
  await progress(clients);
  return (await judge(clients, topic)).length > 0;
};

/** Every client on average gets two more answers: appends work again. */
const progress = (clients: WaitingClients): Promise<void> => clients.reached(clients.acknowledged + 2 * CLIENTS);
