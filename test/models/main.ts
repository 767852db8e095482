import type { Check, Outcome } from './check';
import { largeModels, models, mutants, reaches } from './checks';
import { startChecks } from './run-checks';

/**
 * `npm run model [-- --large] [-- <part of a name>...]`: searches the models and their planted mutants, all of them or
 * those named. The last line is one JSON object; the exit code is 1 when a model broke or was not searched whole, or a
 * mutant was not caught.
 */
const main = async (): Promise<void> => {
  const args = process.argv.slice(2);
  const large = args.includes('--large');
  const parts = args.filter((arg) => arg !== '--large');
  // The longest searches first; the small ones fill the gaps beside them.
  const all = [...(large ? largeModels : []), ...models, ...mutants, ...reaches];
  const checks = all.filter(({ name }) => parts.length === 0 || parts.some((part) => name.includes(part)));
  // Large searches share the memory of the machine: two at a time.
  const running = startChecks(checks, large ? 2 : undefined);
  console.log(row(['kind', 'states', 'depth', 'seconds', 'verdict', 'name']));
  const outcomes: Outcome[] = [];
  for (const outcome of running.values()) outcomes.push(tell(await outcome));
  const pass = outcomes.length > 0 && outcomes.every((outcome) => outcome.pass);
  const [held, caught, reached] = (['model', 'mutant', 'reach'] as const).map((kind) => verdicts(outcomes, kind));
  console.log(JSON.stringify({ models: held, mutants: caught, reaches: reached, pass }));
  process.exitCode = pass ? 0 : 1;
};

const tell = (outcome: Outcome): Outcome => {
  const { check, states, depth, seconds, verdict, reason } = outcome;
  const figures = [states.toLocaleString('en'), depth.toLocaleString('en'), seconds.toFixed(1)];
  console.log(row([check.kind, ...figures, verdict, check.name]));
  if (reason !== undefined) console.log(reason.replace(/^/gm, '    '));
  return outcome;
};

const WIDTHS = [6, 11, 6, 7, 11];
const row = (cells: readonly string[]): string =>
  cells.map((cell, i) => (i > 0 && i < 4 ? cell.padStart(WIDTHS[i] ?? 0) : cell.padEnd(WIDTHS[i] ?? 0))).join('  ');

const verdicts = (outcomes: readonly Outcome[], kind: Check['kind']): Record<string, string> =>
  Object.fromEntries(
    outcomes.filter(({ check }) => check.kind === kind).map(({ check, verdict }) => [check.name, verdict]),
  );

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  console.log(JSON.stringify({ models: {}, mutants: {}, reaches: {}, pass: false, reason: String(error) }));
  process.exitCode = 1;
});
