import type { Experiment } from './experiment';
import { judgeExperiment } from './judge-experiment';

const SEED = Number(process.env['OPENCLAW_CHAOS_SEED'] ?? 20_261_123);
const SHORT_FORM_MS = 180_000;

/** The short form as a spec. What cannot run here is reported as skipped, with the reason in its name. */
export const describeExperiment = (experiment: Experiment): void => {
  const { number, title } = experiment;
  const unavailable = experiment.unavailable?.();
  const name = `${number}: ${title}: its invariants hold, and every planted mutant is caught`;
  const prove = async (): Promise<void> => {
    const lines: string[] = [];
    const note = (line: string): void => void lines.push(line);
    const verdict = await judgeExperiment(experiment, { seed: SEED, size: 'short', note });
    if (!verdict.pass) throw new Error(`${JSON.stringify(verdict)}\n${lines.join('\n')}`);
  };
  describe('fault experiment, short form', () => {
    if (unavailable === undefined) it(name, prove, SHORT_FORM_MS);
    else it.skip(`${name} (SKIPPED: ${unavailable})`, prove);
  });
};
