import type { Experiment } from './experiment';

/** Every fault experiment that exists, by its number in the list of experiments (docs/reference/experiments.md). */
export const experiments: readonly Experiment[] = [];
