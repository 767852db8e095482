import type { Conditions, Experiment, Observation } from './experiment';

/** Undefined is the product as it is, a name is that mutant. */
export type Subject = string | undefined;

interface SideBySide extends Omit<Experiment, 'run'> {
  /** One run of the fault over all subjects at once; what was seen of each. */
  run(conditions: Conditions, subjects: readonly Subject[]): Promise<ReadonlyMap<Subject, Observation>>;
}

/**
 * An experiment whose mutants stand beside the product under one and the same fault: one run instead of one for each.
 * A mutant that was not caught there gets its further tries alone.
 */
export const sideBySide = (its: SideBySide): Experiment => {
  const seen = new Map<Subject, Observation>();
  return {
    ...its,
    run: async (conditions) => {
      const { mutant } = conditions;
      if (mutant === undefined) {
        for (const [subject, one] of await its.run(conditions, [undefined, ...Object.keys(its.mutants)])) {
          seen.set(subject, one);
        }
      }
      const observed = seen.get(mutant) ?? (await its.run(conditions, [mutant])).get(mutant);
      seen.delete(mutant);
      if (observed === undefined) throw new Error(`nothing was seen of ${mutant ?? 'the product'}`);
      return observed;
    },
  };
};
