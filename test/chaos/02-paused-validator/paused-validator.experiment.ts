import { setTimeout as pause } from 'node:timers/promises';
import { startKafka } from '../../testbench';
import type { Experiment } from '../experiment';
import { Trial } from '../freshness/trial';

const BOUND_MS = 1000;
const WORK_TICKS = 12;

/** INVARIANTS experiment 2: SIGSTOP a validator across a revocation, SIGCONT with requests queued and decisions half made. */
export const pausedValidator: Experiment = {
  number: 2,
  title: 'a validator is stopped across a revocation and goes on with requests queued',
  invariants: ['I1', 'I2', 'I9'],
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
        let isServing = await trial.sees('allow', 10_000);
        for (let round = 0; round < rounds; round += 1) {
          const stoppedMs = size === 'long' ? random.between(100, 6000) : random.between(1500, 2500);
          trial.validator.signal('SIGSTOP');
          await trial.revoke(round);
          if (mutant === 'lease by the wall clock') trial.validator.send({ wallOffMs: -3_600_000 });
          await pause(stoppedMs);
          trial.validator.signal('SIGCONT');
          isServing &&= await trial.sees('allow', 10_000);
        }
        return await trial.judge({ I9: isServing });
      } finally {
        await trial.stop();
      }
    } finally {
      await kafka.stop();
    }
  },
};
