import { setTimeout as pause } from 'node:timers/promises';
import { startKafka } from '../../testbench';
import type { Experiment } from '../experiment';
import { Trial } from '../freshness/trial';
import { hostMs } from '../workload/history';

const BOUND_MS = 1000;
const WORK_TICKS = 12;
const RECOVERY_MS = 10_000;
/** Ordinary traffic between two pauses. */
const SERVING_MS = 500;

/** INVARIANTS experiment 2: SIGSTOP a validator across a revocation, SIGCONT with requests queued and decisions half made. */
export const pausedValidator: Experiment = {
  number: 2,
  title: 'a validator is stopped across a revocation and goes on with requests queued',
  invariants: ['I1', 'I2', 'I10'],
  mutants: {
    'no lease: memory is trusted': ['I1'],
    'no second look': ['I1'],
    'second look at a newer lease': ['I1'],
    'lease by the wall clock': ['I1'],
  },
  async run({ random, size, mutant }) {
    const rounds = size === 'long' && mutant === undefined ? 12 : 3;
    const kafka = await startKafka({ brokers: 1 });
    try {
      const options = { brokers: kafka.brokers, boundMs: BOUND_MS, codes: rounds + 4, mutant, workTicks: WORK_TICKS };
      const trial = await Trial.start(options);
      try {
        trial.begin();
        let recovers = await trial.sees('allow', RECOVERY_MS);
        let queued = 0;
        for (let round = 0; round < rounds; round += 1) {
          await pause(SERVING_MS);
          const stoppedMs = size === 'long' ? random.between(100, 10_000) : random.between(1500, 2500);
          queued += await pausedOnce(trial, round, stoppedMs);
          recovers &&= await trial.sees('allow', RECOVERY_MS);
        }
        const judged = await trial.judge({ I10: recovers });
        return { ...judged, counts: { ...judged.counts, queued } };
      } finally {
        await trial.stop();
      }
    } finally {
      await kafka.stop();
    }
  },
};

/** Stops the validator, revokes a code meanwhile, and lets it go on; how many requests were queued by then. */
const pausedOnce = async (trial: Trial, round: number, stoppedMs: number): Promise<number> => {
  trial.validator.signal('SIGSTOP');
  const stoppedAtMs = hostMs();
  await trial.revoke(round);
  // Queued before everything else: when it goes on, the clock has been put back.
  if (trial.options.mutant === 'lease by the wall clock') trial.validator.send({ wallOffMs: -3_600_000 });
  await pause(Math.max(0, stoppedAtMs + stoppedMs - hostMs()));
  trial.validator.signal('SIGCONT');
  return trial.validator.uses.filter(({ sentAtMs }) => sentAtMs >= stoppedAtMs).length;
};
