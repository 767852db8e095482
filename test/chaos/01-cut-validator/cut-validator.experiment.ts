import { setTimeout as pause } from 'node:timers/promises';
import { startKafka } from '../../testbench';
import type { Experiment, Observation } from '../experiment';
import { Trial } from '../freshness/trial';
import { type Cut, type TestHost, TestNetwork } from '../network/test-network';
import type { SeededRandom } from '../seeded-random';
import { hostMs } from '../workload/history';

const BOUND_MS = 1000;
/** A decision takes longer than a renewal interval, so that one that was begun before the cut ends after the lease. */
const WORK_TICKS = 40;
const RECOVERY_MS = 15_000;
const CUTS = ['both ways', 'towards the host', 'from the host'] as const;

/** Renewed every L/5, and a renewal takes its round trip: at the cut a lease has this much left, at least. */
const UNCHANGED_MS = BOUND_MS * 0.6 - WORK_TICKS * 10;

/** INVARIANTS experiment 1: the validator is in a network of its own, the brokers are outside, and its line is cut. */
export const cutValidator: Experiment = {
  number: 1,
  title: 'a validator is cut off its brokers, both ways and one way, while codes are revoked at random',
  invariants: ['I1', 'I2', 'I9'],
  mutants: { 'no lease: memory is trusted': ['I1', 'I2'], 'no second look': ['I1', 'I2'] },
  unavailable: () => TestNetwork.unavailable(),
  async run({ random, size, mutant, note }) {
    const cuts = size === 'long' && mutant === undefined ? [...CUTS, ...CUTS, ...CUTS, ...CUTS] : [...CUTS];
    const network = await TestNetwork.open();
    const host = await network.addHost();
    try {
      const places = Array.from({ length: 3 }, () => ({ host: network.gateway }));
      const kafka = await startKafka({ brokers: 3, places });
      try {
        const { brokers } = kafka;
        const options = { brokers, boundMs: BOUND_MS, codes: cuts.length * 3 + 4, workTicks: WORK_TICKS, mutant };
        const trial = await Trial.start({ ...options, enter: host.enter });
        try {
          const line = new Line(network, host, trial, random);
          return await line.cutAgainAndAgain(cuts, note);
        } finally {
          await trial.stop();
        }
      } finally {
        await kafka.stop();
      }
    } finally {
      await network.close();
    }
  },
};

/** The line between the validator and everything else. */
class Line {
  constructor(
    private readonly network: TestNetwork,
    private readonly host: TestHost,
    private readonly trial: Trial,
    private readonly random: SeededRandom,
  ) {}

  async cutAgainAndAgain(cuts: readonly Cut[], note: (line: string) => void): Promise<Observation> {
    this.trial.begin();
    const seen = { I2: true, I9: await this.trial.sees('allow', RECOVERY_MS) };
    for (const [round, cut] of cuts.entries()) {
      const { unchanged, refused, recovered } = await this.#cutOnce(cut, round);
      note(`${cut}: unchanged ${unchanged}, then refused ${refused}, recovered ${recovered}`);
      seen.I2 &&= refused;
      seen.I9 &&= unchanged && recovered;
    }
    return this.trial.judge(seen);
  }

  async #cutOnce(cut: Cut, round: number) {
    const { network, host, trial, random } = this;
    await network.cut(host, cut);
    const cutAtMs = hostMs();
    for (const [index, waitMs] of [0, random.between(0, 300), random.between(300, 900)].entries()) {
      await pause(waitMs);
      await trial.revoke(round * 3 + index);
    }
    await pause(Math.max(0, cutAtMs + 2 * BOUND_MS + random.between(0, 1000) - hostMs()));
    const healedAtMs = hostMs();
    await network.heal(host, cut);
    const recovered = await trial.sees('allow', RECOVERY_MS);
    return {
      unchanged: !trial.verdictsBetween(cutAtMs, cutAtMs + UNCHANGED_MS).has('unavailable'),
      refused: isOnly('unavailable', trial.verdictsBetween(cutAtMs + BOUND_MS, healedAtMs - WORK_TICKS * 10)),
      recovered,
    };
  }
}

const isOnly = (verdict: string, seen: ReadonlySet<string>): boolean => seen.size === 1 && seen.has(verdict);
