import { setTimeout as pause } from 'node:timers/promises';
import { startKafka } from '../../testbench';
import type { Experiment } from '../experiment';
import { Trial } from '../freshness/trial';
import type { WallFault } from '../freshness/validator.protocol';

const BOUND_MS = 1000;
const HOUR_MS = 3_600_000;
const RECOVERY_MS = 10_000;
const SERVING_MS = 500;

/** Back by an hour is first: a lease by that clock would live for an hour. */
const FAULTS: readonly WallFault[] = [
  { wallOffMs: -HOUR_MS },
  { wallOffMs: HOUR_MS },
  { wallOffMs: 0, driftPercent: -5 },
  { wallOffMs: 0, driftPercent: 5 },
];

/**
 * INVARIANTS experiment 3: the wall clock of a validator jumps by an hour, both ways, and drifts by 5 %, both ways, while
 * it serves and while it cannot read the log. The wall clock is the one that the product is given; the monotonic clock
 * of the host cannot be put wrong, and is what the promise stands on. Quotas (I4) are not part of the freshness library.
 */
export const clockJumps: Experiment = {
  number: 3,
  title: 'the wall clock jumps by an hour and drifts by 5 %, while a validator serves and while it cannot read the log',
  invariants: ['I1', 'I2', 'I10'],
  mutants: { 'lease by the wall clock': ['I1'], 'no lease: memory is trusted': ['I1'] },
  async run({ size, mutant }) {
    const rounds = size === 'long' && mutant === undefined ? 3 * FAULTS.length : FAULTS.length;
    const kafka = await startKafka({ brokers: 1 });
    try {
      const trial = await Trial.start({ brokers: kafka.brokers, boundMs: BOUND_MS, codes: 2 * rounds + 4, mutant });
      try {
        trial.begin();
        let recovers = await trial.sees('allow', RECOVERY_MS);
        for (let round = 0; round < rounds; round += 1) {
          await clockGoesWrong(trial, round, FAULTS[round % FAULTS.length]);
          recovers &&= await trial.sees('allow', RECOVERY_MS);
        }
        return await trial.judge({ I10: recovers });
      } finally {
        await trial.stop();
      }
    } finally {
      await kafka.stop();
    }
  },
};

/** One revocation while the log can be read, and one while it cannot. */
const clockGoesWrong = async (trial: Trial, round: number, fault: WallFault | undefined): Promise<void> => {
  trial.validator.send(fault ?? { wallOffMs: 0 });
  await trial.revoke(2 * round);
  await pause(SERVING_MS);
  trial.validator.send({ gate: 'shut' });
  await trial.revoke(2 * round + 1);
  await pause(2 * BOUND_MS);
  trial.validator.send({ gate: 'open' });
};
