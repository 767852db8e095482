import { setTimeout as pause } from 'node:timers/promises';
import { startKafka } from '../../testbench';
import type { Experiment } from '../experiment';
import { Trial } from '../freshness/trial';

const BOUND_MS = 1000;
const HOUR_MS = 3_600_000;

/** INVARIANTS experiment 3: the wall clock of a validator jumps by an hour, both ways, and drifts by 5 %. */
export const clockJumps: Experiment = {
  number: 3,
  title: 'the wall clock jumps by an hour, drifts 5 %, while a validator cannot read the log',
  invariants: ['I1', 'I2', 'I9'],
  mutants: { 'lease by the wall clock': ['I1'], 'no lease: memory is trusted': ['I1'] },
  async run({ random, size, mutant }) {
    const rounds = size === 'long' && mutant === undefined ? 10 : 3;
    const kafka = await startKafka({ brokers: 1 });
    try {
      const trial = await Trial.start({ brokers: kafka.brokers, boundMs: BOUND_MS, codes: rounds + 4, mutant });
      try {
        trial.begin();
        let isServing = await trial.sees('allow', 10_000);
        let wallOffMs = 0;
        for (let round = 0; round < rounds; round += 1) {
          trial.validator.send({ gate: 'shut' });
          await trial.revoke(round);
          // Back by an hour (a lease by that clock would live an hour), forward again, and 5 % drift on the way.
          wallOffMs = round % 2 === 0 ? -HOUR_MS : HOUR_MS;
          for (let step = 0; step < 20; step += 1) {
            trial.validator.send({ wallOffMs: wallOffMs + step * random.between(-5, 5) });
            await pause((2 * BOUND_MS) / 20);
          }
          trial.validator.send({ gate: 'open' });
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
