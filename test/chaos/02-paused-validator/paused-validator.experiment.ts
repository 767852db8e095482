import { setTimeout as pause } from 'node:timers/promises';
import { sharedKafka } from '../../testbench';
import { ServiceTrial } from '../service/service-trial';
import { sideBySide } from '../side-by-side';
import { hostMs } from '../workload/history';

const BOUND_MS = 1000;
/** So long takes a decision's record: there are always decisions that are half made. */
const SLOW_DISK_MS = 120;
const RECOVERY_MS = 10_000;
/** Ordinary traffic between two pauses. */
const SERVING_MS = 500;
const HOUR_MS = 3_600_000;

/** INVARIANTS experiment 2: SIGSTOP a validator across a revocation, SIGCONT with requests queued and decisions half made. */
export const pausedValidator = sideBySide({
  number: 2,
  title: 'a validator is stopped across a revocation and goes on with requests queued',
  invariants: ['I1', 'I2', 'I10'],
  mutants: {
    'no lease: memory is trusted': ['I1'],
    'no second look': ['I1'],
    'second look at a newer lease': ['I1'],
    'lease by the wall clock': ['I1'],
  },
  async run({ random, size, mutant, note }, subjects) {
    const rounds = size === 'long' && mutant === undefined ? 12 : 2;
    const kafka = await sharedKafka(1);
    try {
      const { brokers } = kafka;
      const options = { brokers, subjects, boundMs: BOUND_MS, codes: rounds + 4, slowDiskMs: SLOW_DISK_MS };
      return await ServiceTrial.run(options, async (trial) => {
        for (const validator of trial.validators) validator.setClock({ wallOffMs: 0, backAfterPauseMs: HOUR_MS });
        let recovers = await trial.sees('allow', RECOVERY_MS);
        for (let round = 0; round < rounds; round += 1) {
          await pause(SERVING_MS);
          const stoppedMs = size === 'long' ? random.between(100, 10_000) : random.between(1500, 2000);
          await pausedOnce(trial, round, stoppedMs);
          recovers &&= await trial.sees('allow', RECOVERY_MS);
          note(`stopped for ${stoppedMs} ms, recovered ${recovers}`);
        }
        return trial.judge(() => ({ I10: recovers }));
      });
    } finally {
      await kafka.stop();
    }
  },
});

/** Stops the validators, revokes a code meanwhile, and lets them go on; their clocks have then been put back. */
const pausedOnce = async (trial: ServiceTrial, round: number, stoppedMs: number): Promise<void> => {
  for (const validator of trial.validators) validator.signal('SIGSTOP');
  const stoppedAtMs = hostMs();
  await trial.revoke(round);
  await pause(Math.max(0, stoppedAtMs + stoppedMs - hostMs()));
  for (const validator of trial.validators) validator.signal('SIGCONT');
};
