import { setTimeout as pause } from 'node:timers/promises';
import { startKafka } from '../../testbench';
import { type Cut, type TestHost, TestNetwork } from '../network/test-network';
import type { SeededRandom } from '../seeded-random';
import { ServiceTrial } from '../service/service-trial';
import { sideBySide } from '../side-by-side';
import { hostMs } from '../workload/history';

const BOUND_MS = 1000;
/** A decision takes longer than a renewal interval, so that one that was begun before the cut ends after the lease. */
const SLOW_DISK_MS = 250;
const RECOVERY_MS = 15_000;
const CUTS = ['both ways', 'towards the host', 'from the host'] as const;

/** Renewed every L/5, and a renewal takes its round trip: at the cut a lease has this much left, at least. */
const LEFT_MS = BOUND_MS * 0.6;
/** A group of records waits for the one before it, and is then written itself. */
const DECISION_MS = 2.5 * SLOW_DISK_MS;

/** INVARIANTS experiment 1: the validator is in a network of its own, the brokers are outside, and its line is cut. */
export const cutValidator = sideBySide({
  number: 1,
  title: 'a validator is cut off its brokers, both ways and one way, while codes are revoked at random',
  invariants: ['I1', 'I2', 'I9'],
  mutants: { 'no lease: memory is trusted': ['I1', 'I2'], 'no second look': ['I1', 'I2'] },
  unavailable: () => TestNetwork.unavailable(),
  async run({ random, size, mutant, note }, subjects) {
    const isLong = size === 'long' && mutant === undefined;
    const cuts = isLong ? [...CUTS, ...CUTS, ...CUTS, ...CUTS] : CUTS;
    const network = await TestNetwork.open();
    try {
      const host = await network.addHost();
      // The line is the same whatever is behind it: three brokers where there is time to start them.
      const kafka = await startKafka({
        brokers: isLong ? 3 : 1,
        places: Array.from({ length: isLong ? 3 : 1 }, () => ({ host: network.gateway })),
      });
      try {
        const { brokers } = kafka;
        const codes = cuts.length * 3 + 4;
        const options = { brokers, subjects, boundMs: BOUND_MS, codes, slowDiskMs: SLOW_DISK_MS, host };
        return await ServiceTrial.run(options, async (trial) => {
          const line = new Line(network, host, trial, random);
          return line.cutAgainAndAgain(cuts, note);
        });
      } finally {
        await kafka.stop();
      }
    } finally {
      await network.close();
    }
  },
});

/** The line between the validators and everything else. */
class Line {
  constructor(
    private readonly network: TestNetwork,
    private readonly host: TestHost,
    private readonly trial: ServiceTrial,
    private readonly random: SeededRandom,
  ) {}

  async cutAgainAndAgain(cuts: readonly Cut[], note: (line: string) => void) {
    const isServing = await this.trial.sees('allow', RECOVERY_MS);
    const seen = this.trial.validators.map(() => ({ I2: true, I9: isServing }));
    for (const [round, cut] of cuts.entries()) {
      const { spanMs, recovered } = await this.#cutOnce(cut, round);
      for (const [subject, its] of seen.entries()) {
        const during = (fromMs: number, toMs: number) => this.trial.verdictsBetween(subject, fromMs, toMs);
        const unchanged = !during(spanMs.cut, spanMs.cut + LEFT_MS - DECISION_MS).has('unavailable');
        const refused = during(spanMs.cut + BOUND_MS, spanMs.healed - DECISION_MS);
        its.I2 &&= refused.size === 1 && refused.has('unavailable');
        its.I9 &&= unchanged && recovered;
        if (subject === 0)
          note(`${cut}: unchanged ${unchanged}, then ${[...refused].join(' ')}, recovered ${recovered}`);
      }
    }
    return this.trial.judge((subject) => seen[subject] ?? {});
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
    return { spanMs: { cut: cutAtMs, healed: healedAtMs }, recovered: await trial.sees('allow', RECOVERY_MS) };
  }
}
