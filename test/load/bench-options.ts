import { parseArgs } from 'node:util';

const TARGETS = ['memory', 'postgres', 'kafka-1', 'kafka-3'] as const;
export type TargetName = (typeof TARGETS)[number];

export interface BenchOptions {
  readonly targets: readonly TargetName[];
  /** Each round measures every variant next to its baseline; the result is the median over the rounds. */
  readonly rounds: number;
  /** A fraction of the samples: to see that the bench works, not to judge by. */
  readonly quick: boolean;
  readonly note: (line: string) => void;
}

const ROUNDS = 5;

/** Reads `[--target <name>]... [--rounds <n>] [--quick]`; throws with what is wrong. */
export const benchOptions = (args: readonly string[], note: (line: string) => void): BenchOptions => {
  const { values } = parseArgs({
    args: [...args],
    options: { target: { type: 'string', multiple: true }, rounds: { type: 'string' }, quick: { type: 'boolean' } },
  });
  const targets = (values.target ?? TARGETS).map((name) => {
    const known = TARGETS.find((target) => target === name);
    if (known === undefined) throw new RangeError(`--target ${name}: use one of ${TARGETS.join(', ')}`);
    return known;
  });
  const rounds = Number(values.rounds ?? ROUNDS);
  if (!Number.isInteger(rounds) || rounds < 1) throw new RangeError('--rounds: use a whole number of 1 or more');
  return { targets, rounds, quick: values.quick ?? false, note };
};
