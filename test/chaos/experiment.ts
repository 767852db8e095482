import type { SeededRandom } from './seeded-random';

/** What one run saw: figures for people, and for each invariant whether it held. */
export interface Observation {
  readonly counts: Readonly<Record<string, number>>;
  /** `I7` -> held. An invariant that the run could not measure is missing, and the experiment does not pass. */
  readonly held: Readonly<Record<string, boolean>>;
  /** The first violations in words, for the one who has to find the cause. */
  readonly violations: readonly string[];
}

export interface Conditions {
  /** All randomness of the run; the seed is printed and can be given again. */
  readonly random: SeededRandom;
  /** `short` in `npm test` (seconds), `long` in `npm run chaos` (a minute or more). */
  readonly size: 'short' | 'long';
  /** Name of the planted mutant, or undefined for the product as it is. */
  readonly mutant: string | undefined;
  readonly note: (line: string) => void;
}

/** A fault experiment of INVARIANTS.md. It counts only because it fails on each of its planted mutants. */
export interface Experiment {
  readonly number: number;
  readonly title: string;
  readonly invariants: readonly string[];
  /** Mutant -> the invariants of which at least one must be seen broken when it is planted. */
  readonly mutants: Readonly<Record<string, readonly string[]>>;
  run(conditions: Conditions): Promise<Observation>;
  /** What the experiment cannot run without (network namespaces need root); a reason, or undefined when it can run. */
  unavailable?(): string | undefined;
  /** Ends what the runs share, such as a cluster; called once, after the last run. */
  close?(): Promise<void>;
}

export interface Verdict {
  readonly experiment: number;
  readonly seed: number;
  readonly invariants: Readonly<Record<string, boolean>>;
  readonly mutants: Readonly<Record<string, 'caught' | 'missed'>>;
  readonly counts: Readonly<Record<string, number>>;
  readonly pass: boolean;
  readonly reason?: string;
}
