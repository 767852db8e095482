import { setTimeout as pause } from 'node:timers/promises';
import { sharedKafka } from '../../testbench';
import { KafkaProxy } from '../network/kafka-proxy';
import type { SeededRandom } from '../seeded-random';
import type { WallFault } from '../service/planted';
import { ServiceTrial } from '../service/service-trial';
import { sideBySide } from '../side-by-side';

const BOUND_MS = 1000;
const HOUR_MS = 3_600_000;
const RECOVERY_MS = 10_000;
const SERVING_MS = 500;
/** Longer than from one renewal to the next. */
const RENEWED_MS = 300;
/** So much later than another one a connection may come back: nobody knows which is the first. */
const BACK_EVERY_MS = 40;

/** Back by an hour is first: a lease by that clock would live for an hour. */
const FAULTS: readonly WallFault[] = [
  { wallOffMs: -HOUR_MS },
  { wallOffMs: HOUR_MS },
  { wallOffMs: 0, driftPercent: -5 },
  { wallOffMs: 0, driftPercent: 5 },
];

/**
 * INVARIANTS experiment 3: the wall clock of a validator jumps by an hour, both ways, and drifts by 5 %, both ways, while
 * it serves and while no answer of the log comes through, which then come back connection by connection. The wall clock is wrong in the whole process; the monotonic clock of the
 * host cannot be put wrong, and is what the promise stands on. Quotas (I4) are judged by the log's clock: experiment 19.
 */
export const clockJumps = sideBySide({
  number: 3,
  title: 'the wall clock jumps by an hour and drifts by 5 %, while a validator serves and while it cannot read the log',
  invariants: ['I1', 'I2', 'I10'],
  mutants: {
    'lease by the wall clock': ['I1'],
    'lease counted from the read-back': ['I1'],
    'no lease: memory is trusted': ['I1'],
  },
  async run({ random, size, mutant }, subjects) {
    const faults = size === 'long' && mutant === undefined ? [...FAULTS, ...FAULTS, ...FAULTS] : FAULTS;
    const kafka = await sharedKafka(1);
    const line = await KafkaProxy.inFrontOf(kafka.brokers);
    try {
      const { brokers } = kafka;
      const codes = 2 * faults.length + 4;
      const options = { brokers, validatorBrokers: line.brokers, subjects, boundMs: BOUND_MS, codes };
      return await ServiceTrial.run(options, async (trial) => {
        let recovers = await trial.sees('allow', RECOVERY_MS);
        for (const [round, fault] of faults.entries()) {
          await clockGoesWrong({ trial, line, random }, round, fault);
          recovers &&= await trial.sees('allow', RECOVERY_MS);
        }
        return trial.judge(() => ({ I10: recovers }));
      });
    } finally {
      await line.close();
      await kafka.stop();
    }
  },
});

/** It goes wrong, and a code is revoked, while the log can be read; and both again while it cannot. */
const clockGoesWrong = async (
  { trial, line, random }: { readonly trial: ServiceTrial; readonly line: KafkaProxy; readonly random: SeededRandom },
  round: number,
  { wallOffMs, driftPercent = 0 }: WallFault,
): Promise<void> => {
  for (const validator of trial.validators) validator.setClock({ wallOffMs, driftPercent });
  await trial.revoke(2 * round);
  await pause(SERVING_MS);
  line.cut();
  // A renewal goes out meanwhile, whose answer comes back when the code has long been revoked.
  await pause(RENEWED_MS);
  for (const validator of trial.validators) validator.setClock({ wallOffMs: 2 * wallOffMs, driftPercent });
  await trial.revoke(2 * round + 1);
  await pause(2 * BOUND_MS);
  await line.heal(BACK_EVERY_MS, () => random.next());
};
