import { experiments } from './experiments';
import { judgeExperiment } from './judge-experiment';

const SEED = Number(process.env['OPENCLAW_CHAOS_SEED'] ?? 20_261_123);
const SHORT_FORM_MS = 180_000;

describe('fault experiments, short form', () => {
  it.each(experiments.map((experiment) => [experiment.number, experiment.title, experiment] as const))(
    '%i: %s: its invariants hold, and every planted mutant is caught',
    async (_, __, experiment) => {
      const lines: string[] = [];
      const verdict = await judgeExperiment(experiment, {
        seed: SEED,
        size: 'short',
        note: (line) => lines.push(line),
      });
      if (!verdict.pass) throw new Error(`${JSON.stringify(verdict)}\n${lines.join('\n')}`);
    },
    SHORT_FORM_MS,
  );
});
