import { Kafka as KafkaJs, logLevel } from 'kafkajs';
import { setTimeout as pause } from 'node:timers/promises';
import { startKafka } from '../../testbench';
import type { Experiment, Observation } from '../experiment';
import { Trial } from '../freshness/trial';
import { type TestHost, TestNetwork } from '../network/test-network';
import { hostMs } from '../workload/history';

const BOUND_MS = 1000;
/** A new leader is found after the session time-out of the old one (6 s), an election and a resend. */
const RECOVERY_MS = 40_000;
/** How long the island is watched after the revocation was acknowledged. */
const WATCHED_MS = 2 * BOUND_MS;

const LED = ['coordination', 'lifecycle'] as const;
type Led = (typeof LED)[number];

/**
 * INVARIANTS experiment 21: the leader of a topic and one validator are moved to a network without anybody else. There
 * the leader goes on answering "nothing new", while its successor acknowledges a revocation.
 */
export const isolatedLeader: Experiment = {
  number: 21,
  title: 'the leader of coordination, then of lifecycle, is isolated together with one validator',
  invariants: ['I1', 'I2', 'I9', 'I13'],
  mutants: { 'lease from a fetch': ['I1', 'I13'], 'no lease: memory is trusted': ['I1', 'I13'] },
  unavailable: () => TestNetwork.unavailable(),
  async run({ size, mutant, note }) {
    // The mutant trusts the leader of the log itself, so it is the one that has to be isolated.
    const rounds: readonly Led[] = mutant === undefined ? (size === 'long' ? [...LED, ...LED] : LED) : ['lifecycle'];
    const seen: Observation[] = [];
    for (const led of rounds) {
      seen.push(await isolate(led, mutant));
      note(`leader of ${led} isolated: ${JSON.stringify(seen.at(-1)?.counts)}`);
    }
    return together(seen);
  },
};

const isolate = async (led: Led, mutant: string | undefined): Promise<Observation> => {
  const network = await TestNetwork.open();
  const hosts: TestHost[] = [];
  for (let i = 0; i < 4; i += 1) hosts.push(await network.addHost());
  const [validator, ...brokers] = hosts;
  try {
    const kafka = await startKafka({
      brokers: 3,
      places: brokers.map(({ address: host, enter }) => ({ host, enter })),
    });
    try {
      const options = { brokers: kafka.brokers, boundMs: BOUND_MS, codes: 8, mutant };
      const trial = await Trial.start({ ...options, ...(validator && { enter: validator.enter }) });
      try {
        trial.begin();
        const isServing = await trial.sees('allow', RECOVERY_MS);
        const leader = brokers[await leaderOf(kafka.brokers, trial.options.topics[led])];
        const island = [validator, leader].filter((host) => host !== undefined);
        await network.plugInto(2, island);
        const isolatedAtMs = hostMs();
        await trial.revoke(0); // answered when the majority has elected another leader
        await trial.revoke(1);
        await pause(WATCHED_MS);
        const healedAtMs = hostMs();
        await network.plugInto(1, island);
        const refused = trial.verdictsBetween(isolatedAtMs + BOUND_MS, healedAtMs);
        const recovers = await trial.sees('allow', RECOVERY_MS);
        const verdict = await trial.judge({
          I2: refused.size === 1 && refused.has('unavailable'),
          I9: isServing && recovers,
        });
        return { ...verdict, held: { ...verdict.held, I13: verdict.held['I1'] === true } };
      } finally {
        await trial.stop();
      }
    } finally {
      await kafka.stop();
    }
  } finally {
    await network.close();
  }
};

/** Index of the broker that leads the one partition of the topic. */
const leaderOf = async (brokers: readonly string[], topic: string): Promise<number> => {
  const admin = new KafkaJs({ brokers: [...brokers], clientId: 'chaos-nemesis', logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    const leader = topics[0]?.partitions[0]?.leader;
    if (leader === undefined || leader < 1) throw new Error(`${topic} has no leader`);
    return leader - 1; // the test bench numbers its brokers from 1
  } finally {
    await admin.disconnect();
  }
};

const together = (seen: readonly Observation[]): Observation => {
  const names = new Set(seen.flatMap(({ held }) => Object.keys(held)));
  const counts: Record<string, number> = {};
  for (const one of seen)
    for (const [name, count] of Object.entries(one.counts)) counts[name] = (counts[name] ?? 0) + count;
  return {
    counts,
    held: Object.fromEntries([...names].map((name) => [name, seen.every(({ held }) => held[name] === true)])),
    violations: seen.flatMap(({ violations }) => violations),
  };
};
