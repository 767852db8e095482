import type { Conditions, Experiment, Observation } from '../experiment';
import { sideBySide } from '../side-by-side';

interface OneByOne extends Omit<Experiment, 'run'> {
  /** A run of one subject, which does not disturb those beside it. */
  run(conditions: Conditions): Promise<Observation>;
}

/** An experiment whose subjects have validators of their own in one scene: all of them run at the same time. */
export const allAtOnce = (its: OneByOne): Experiment =>
  sideBySide({
    ...its,
    run: async (conditions, subjects) => {
      const seen = subjects.map(async (mutant) => [mutant, await its.run({ ...conditions, mutant })] as const);
      return new Map(await Promise.all(seen));
    },
  });
