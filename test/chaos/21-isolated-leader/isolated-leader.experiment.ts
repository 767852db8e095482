import { COORDINATION_TOPIC, LIFECYCLE_TOPIC } from '@openclaw/freshness';
import { Kafka as KafkaJs, logLevel } from 'kafkajs';
import { setTimeout as pause } from 'node:timers/promises';
import { startKafka } from '../../testbench';
import { type TestHost, TestNetwork } from '../network/test-network';
import { ServiceTrial } from '../service/service-trial';
import { sideBySide } from '../side-by-side';
import { hostMs } from '../workload/history';

const BOUND_MS = 1000;
/** A new leader is found after the session time-out of the old one (6 s), an election and a resend. */
const RECOVERY_MS = 40_000;
/** How long the island is watched after the revocation was acknowledged. */
const WATCHED_MS = 2 * BOUND_MS;
const CODES_A_ROUND = 2;

const LED = [COORDINATION_TOPIC, LIFECYCLE_TOPIC] as const;

/**
 * INVARIANTS experiment 21: the leader of a topic and the validators are moved to a network without anybody else. There
 * the leader goes on answering "nothing new", while its successor acknowledges a revocation.
 */
export const isolatedLeader = sideBySide({
  number: 21,
  title: 'the leader of coordination, then of lifecycle, is isolated together with one validator',
  invariants: ['I1', 'I2', 'I9', 'I13'],
  mutants: { 'lease from a fetch': ['I1', 'I13'], 'no lease: memory is trusted': ['I1', 'I13'] },
  unavailable: () => TestNetwork.unavailable(),
  async run({ size, mutant, note }, subjects) {
    // The mutants trust the leader of lifecycle; an election takes six seconds, which is too long to do it twice in the short form.
    const rounds = size === 'long' && mutant === undefined ? [...LED, ...LED] : [LIFECYCLE_TOPIC];
    const network = await TestNetwork.open();
    try {
      const [host, ...places] = [
        await network.addHost(),
        await network.addHost(),
        await network.addHost(),
        await network.addHost(),
      ];
      const kafka = await startKafka({
        brokers: 3,
        places: places.map(({ address, enter }) => ({ host: address, enter })),
      });
      try {
        const { brokers } = kafka;
        const codes = rounds.length * CODES_A_ROUND + 4;
        return await ServiceTrial.run({ brokers, subjects, boundMs: BOUND_MS, codes, host }, async (trial) => {
          const cluster = { network, host, places, brokers };
          const seen = trial.validators.map(() => ({ I2: true, I9: true }));
          for (const [round, topic] of rounds.entries()) {
            const isolated = await isolate(cluster, trial, { topic, round });
            for (const [subject, its] of seen.entries()) {
              const refused = trial.verdictsBetween(subject, isolated.fromMs, isolated.toMs);
              its.I2 &&= refused.size === 1 && refused.has('unavailable');
              its.I9 &&= isolated.recovers;
              if (subject === 0)
                note(`leader of ${topic} isolated: ${[...refused].join(' ')}, recovered ${isolated.recovers}`);
            }
          }
          const judged = await trial.judge((subject) => seen[subject] ?? {});
          return new Map(
            [...judged].map(([subject, its]) => [
              subject,
              { ...its, held: { ...its.held, I13: its.held['I1'] === true } },
            ]),
          );
        });
      } finally {
        await kafka.stop();
      }
    } finally {
      await network.close();
    }
  },
});

interface Cluster {
  readonly network: TestNetwork;
  /** Where the validators are. */
  readonly host: TestHost;
  readonly places: readonly TestHost[];
  readonly brokers: readonly string[];
}

/** From when to when nobody on the island may have been allowed anything, and whether all is well afterwards. */
const isolate = async (
  { network, host, places, brokers }: Cluster,
  trial: ServiceTrial,
  { topic, round }: { readonly topic: string; readonly round: number },
) => {
  const isServing = await trial.sees('allow', RECOVERY_MS);
  const leader = places[await leaderOf(brokers, trial.topic(topic))];
  const island = [host, leader].filter((one) => one !== undefined);
  await network.plugInto(2, island);
  const isolatedAtMs = hostMs();
  // Answered when the majority has elected another leader.
  for (let i = 0; i < CODES_A_ROUND; i += 1) await trial.revoke(round * CODES_A_ROUND + i);
  await pause(WATCHED_MS);
  const toMs = hostMs();
  await network.plugInto(1, island);
  return { fromMs: isolatedAtMs + BOUND_MS, toMs, recovers: isServing && (await trial.sees('allow', RECOVERY_MS)) };
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
