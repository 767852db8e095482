import type { Check, Outcome } from './check';
import { models, mutants, reaches } from './checks';
import { judge } from './run-check';
import { startChecks } from './run-checks';

const ALL_MS = 600_000;

describe('models of the log and of freshness, searched whole for their bounds', () => {
  let running: ReadonlyMap<string, Promise<Outcome>> = new Map();
  beforeAll(() => {
    running = startChecks([...models, ...mutants, ...reaches]);
  });

  const passes = async ({ name }: Check): Promise<void> => {
    const outcome = await running.get(name);
    if (outcome?.pass !== true) throw new Error(`${name}: ${outcome?.verdict ?? 'not run'}\n${outcome?.reason ?? ''}`);
  };
  const cases = (checks: readonly Check[]): [string, Check][] => checks.map((check) => [check.guarantee, check]);

  it.each(cases(models))('%s', (_, check) => passes(check), ALL_MS);
  it.each(cases(mutants))('%s', (_, check) => passes(check), ALL_MS);
  it.each(cases(reaches))('%s', (_, check) => passes(check), ALL_MS);
});

describe('the verdict on a search', () => {
  const [model, mutant] = [models[0], mutants[0]];
  if (model === undefined || mutant === undefined) throw new Error('no checks');
  const searched = (output: string): Pick<Outcome, 'verdict' | 'pass'> => {
    const { verdict, pass } = judge(model, { output, seconds: 1, timedOut: false });
    return { verdict, pass };
  };
  const whole = 'Full statespace search for:\nState-vector 92 byte, depth reached 9, errors: 0\n  7 states, stored\n';

  it('is "holds" only for a full search without errors', () => {
    expect(searched(whole)).toEqual({ verdict: 'holds', pass: true });
    expect(searched(whole.replace('errors: 0', 'errors: 1'))).toEqual({ verdict: 'broken', pass: false });
    expect(searched(`${whole}pan:1: assertion violated 0`.replace('errors: 0', 'errors: 1')).verdict).toBe('violated');
  });

  it.each([
    ['the depth ran out', `error: max search depth too small\n${whole}`],
    ['the memory ran out', `pan: reached -DMEMLIM bound\npan: out of memory\n${whole}`],
    ['it was interrupted', `Warning: Search not completed\n${whole}`],
    ['it was not exhaustive', whole.replace('Full', 'Bit')],
    ['it printed nothing', ''],
    ['a statement was never reached', `${whole}\tfreshness.pml:9, state 3, "revoked = 1"\n`],
  ])('is "broken" when %s', (_, output) => {
    expect(searched(output)).toEqual({ verdict: 'broken', pass: false });
  });

  it('is "missed" for a mutant whose whole search found nothing', () => {
    expect(judge(mutant, { output: whole, seconds: 1, timedOut: false })).toMatchObject({
      verdict: 'missed',
      pass: false,
    });
  });
});
