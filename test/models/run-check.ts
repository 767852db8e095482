import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Check, Outcome } from './check';
import { type Ran, run } from './spin-tools';

const MODELS = join(dirname(require.resolve('@openclaw/test/package.json')), 'models');
/** Longest path of a search, in steps; the models stay far below, and a search that hits it is not complete. */
const DEPTH_MAX = 100_000;
const MEMORY_MAX_MB = 10_000;
const BUILD_TIMEOUT_MS = 120_000;
const SEARCH_TIMEOUT_MS = 1_800_000;

/**
 * Searches all states of one check: spin writes the search program, gcc compiles it, and it visits every reachable
 * state. Never rejects for what a search says; a tool that failed gives the verdict `broken` with its output.
 */
export const runCheck = async (check: Check): Promise<Outcome> => {
  const folder = await mkdtemp(join(tmpdir(), 'openclaw-model-'));
  try {
    const fault = await build(check, folder);
    if (fault !== undefined) return broken(check, fault);
    // -E: a state without a next step is no error; these models never end, the clock always ticks.
    const search = await run(join(folder, 'pan'), ['-E', `-m${DEPTH_MAX}`], {
      cwd: folder,
      timeoutMs: SEARCH_TIMEOUT_MS,
    });
    return judge(check, search);
  } finally {
    await rm(folder, { recursive: true });
  }
};

const build = async (check: Check, cwd: string): Promise<string | undefined> => {
  const source = `${check.file}.pml`;
  await copyFile(join(MODELS, source), join(cwd, source));
  const defines = Object.entries(check.defines).map(([name, value]) => `-D${name}=${value}`);
  const written = await run('spin', [...defines, '-a', source], {
    cwd,
    timeoutMs: BUILD_TIMEOUT_MS,
  });
  if (written.code !== 0 || /error/i.test(written.output)) return written.output;
  // SAFETY: assertions only. NOREDUCE: no partial-order reduction, there is nothing to trust but the plain search.
  // A mutant is found within seconds: compiling it fast matters more than searching it fast.
  const flags = [check.kind === 'model' ? '-O2' : '-O0', '-DSAFETY', '-DNOREDUCE', `-DMEMLIM=${MEMORY_MAX_MB}`];
  const compiled = await run('gcc', [...flags, '-o', 'pan', 'pan.c'], { cwd, timeoutMs: BUILD_TIMEOUT_MS });
  return compiled.code === 0 ? undefined : compiled.output;
};

const broken = (check: Check, reason: string): Outcome => ({
  ...{ check, states: 0, depth: 0, seconds: 0 },
  ...failure('broken', reason),
});

/** Reads what the search printed; whatever is not exactly as it must be is a failure. */
export const judge = (
  check: Check,
  { output, seconds, timedOut }: Pick<Ran, 'output' | 'seconds' | 'timedOut'>,
): Outcome => {
  const summary = /depth reached (\d+), errors: (\d+)/.exec(output);
  if (timedOut || summary === null) return { ...broken(check, timedOut ? 'timed out' : output), seconds };
  const states = Number(/([\d.e+]+) states, stored/.exec(output)?.[1]);
  const seen = { check, states, depth: Number(summary[1]), seconds };
  // Any other error (an array index, a full memory) says nothing about a promise.
  if (summary[2] === '1' && /^pan:\d+: assertion violated/m.test(output)) return violated(seen, output);
  return summary[2] === '0' && isWhole(output) ? clean(seen, output) : { ...seen, ...failure('broken', output) };
};

const violated = (seen: Seen, output: string): Outcome => {
  switch (seen.check.kind) {
    case 'model':
      return { ...seen, ...failure('violated', output) };
    case 'mutant':
      return { ...seen, verdict: 'caught', pass: true };
    case 'reach':
      return { ...seen, verdict: 'reached', pass: true };
  }
};

const clean = (seen: Seen, output: string): Outcome => {
  switch (seen.check.kind) {
    case 'model': {
      const unreached = unreachedStatements(output);
      if (unreached === '') return { ...seen, verdict: 'holds', pass: true };
      return { ...seen, ...failure('broken', `never reached: ${unreached}`) };
    }
    case 'mutant':
      return { ...seen, ...failure('missed', output) };
    case 'reach':
      return { ...seen, ...failure('not reached', output) };
  }
};

type Seen = Pick<Outcome, 'check' | 'states' | 'depth' | 'seconds'>;

const failure = (verdict: Outcome['verdict'], reason: string): Pick<Outcome, 'verdict' | 'pass' | 'reason'> => ({
  verdict,
  pass: false,
  reason,
});

/** Statements that were never executed: they make a model say less than it seems to. */
const unreachedStatements = (output: string): string =>
  [...output.matchAll(/^\t(\S+\.pml:\d+), state \d+, "(.*)"$/gm)]
    .filter(([, , what]) => what !== '-end-')
    .map(([, place, what]) => `${place} ${what}`)
    .join('; ');

const TRUNCATIONS = ['max search depth too small', 'Search not completed', 'out of memory', 'aborting'];

const isWhole = (output: string): boolean =>
  output.includes('Full statespace search for:') && !TRUNCATIONS.some((text) => output.includes(text));
