import type { Conditions, Experiment, Observation, Verdict } from './experiment';
import { SeededRandom } from './seeded-random';

interface Settings {
  readonly seed: number;
  readonly size: Conditions['size'];
  readonly note: (line: string) => void;
}

/** Faults strike at random places: a mutant may survive one run of luck, not three. The product gets one run. */
const TRIES = 3;

/** Runs an experiment and then each of its mutants; passes when all held and all were caught. */
export const judgeExperiment = async (experiment: Experiment, settings: Settings): Promise<Verdict> => {
  try {
    return await judge(experiment, settings);
  } finally {
    await experiment.close?.();
  }
};

const judge = async (experiment: Experiment, { seed, size, note }: Settings): Promise<Verdict> => {
  const unavailable = experiment.unavailable?.();
  if (unavailable !== undefined) return notRun(experiment, seed, unavailable);
  const run = (attempt: number, mutant?: string): Promise<Observation> =>
    experiment.run({ random: new SeededRandom(seed + attempt), size, mutant, note: (line) => note(`  ${line}`) });

  note(`experiment ${experiment.number}: ${experiment.title} (seed ${seed}, ${size})`);
  const seen = await run(0);
  note(`  counts ${JSON.stringify(seen.counts)}`);
  for (const violation of seen.violations.slice(0, 5)) note(`  VIOLATION ${violation}`);
  const invariants = Object.fromEntries(experiment.invariants.map((name) => [name, seen.held[name] === true]));

  const mutants: Record<string, 'caught' | 'missed'> = {};
  for (const [mutant, breaks] of Object.entries(experiment.mutants)) {
    mutants[mutant] = 'missed';
    for (let attempt = 0; attempt < TRIES && mutants[mutant] === 'missed'; attempt += 1) {
      note(`  mutant "${mutant}" (seed ${seed + attempt})`);
      const broken = await run(attempt, mutant);
      if (breaks.some((name) => broken.held[name] === false)) mutants[mutant] = 'caught';
      note(`    ${mutants[mutant]}: ${broken.violations[0] ?? 'nothing seen'}`);
    }
  }
  const pass = Object.values(invariants).every(Boolean) && Object.values(mutants).every((one) => one === 'caught');
  return { experiment: experiment.number, seed, invariants, mutants, counts: seen.counts, pass };
};

const notRun = (experiment: Experiment, seed: number, reason: string): Verdict => ({
  experiment: experiment.number,
  seed,
  invariants: {},
  mutants: {},
  counts: {},
  pass: false,
  reason: `could not run: ${reason}`,
});
