import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * `npm run contract [-- <target>...]`: runs the contract suites on every target and prints the matrix clause x target.
 * The last line is one JSON object; the exit code is 1 when a clause failed, or when a target ran no clause.
 */
interface JestReport {
  readonly testResults: readonly { readonly assertionResults: readonly Assertion[]; readonly message: string }[];
}
interface Assertion {
  readonly ancestorTitles: readonly string[];
  readonly title: string;
  readonly status: string;
}
interface Tally {
  passed: number;
  failed: number;
  readonly excluded: string[];
}

/** Rounds of the race of 50 writers for one revision. */
const ROUNDS = process.env['OPENCLAW_CONTRACT_ROUNDS'] ?? '1000';
const root = resolve(__dirname, '../..');

const runJest = async (report: string, targets: readonly string[]): Promise<void> => {
  const args = [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    join(root, 'node_modules/jest/bin/jest.js'),
    '-c',
    join(root, '.config/jest.config.cjs'),
    '--json',
    `--outputFile=${report}`,
    '--testPathPatterns',
    targets.length > 0 ? `test/contract/(${targets.join('|')})\\.` : 'test/contract/',
  ];
  const jest = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, OPENCLAW_CONTRACT_ROUNDS: ROUNDS },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await new Promise((done) => jest.once('close', done));
};

const main = async (): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'openclaw-contract-'));
  const report = join(folder, 'report.json');
  await runJest(report, process.argv.slice(2));
  const assertions = (JSON.parse(readFileSync(report, 'utf8')) as JestReport).testResults.flatMap(
    (file) => file.assertionResults,
  );
  rmSync(folder, { recursive: true });
  print(assertions);
};

const print = (assertions: readonly Assertion[]): void => {
  const { targets, matrix } = tallied(assertions);
  const names = Object.keys(targets);
  console.log(`${names.map((name) => name.padEnd(9)).join(' ')}  clause`);
  for (const [clause, row] of matrix) {
    console.log(`${names.map((name) => (row.get(name) ?? '-').padEnd(9)).join(' ')}  ${clause}`);
  }
  const incomplete = names.filter((name) => [...matrix.values()].some((row) => !row.has(name)));
  for (const name of incomplete) console.log(`${name} did not run every clause`);
  const held = Object.values(targets).every((tally) => tally.failed === 0);
  const pass = names.length > 0 && incomplete.length === 0 && held;
  const suites = [...new Set([...matrix.keys()].map((clause) => clause.replace(/ \[.*$/, '')))];
  console.log(JSON.stringify({ suite: suites.join('+'), clauses: matrix.size, targets, pass }));
  process.exitCode = pass ? 0 : 1;
};

/** Counts by target, and what each target says to each clause. */
const tallied = (
  assertions: readonly Assertion[],
): { readonly targets: Record<string, Tally>; readonly matrix: Map<string, Map<string, string>> } => {
  const targets: Record<string, Tally> = {};
  const matrix = new Map<string, Map<string, string>>();
  for (const { ancestorTitles, title, status } of assertions) {
    const [, suite, target] = /^(.*) contract on (.*)$/.exec(ancestorTitles[0] ?? '') ?? [];
    if (suite === undefined || target === undefined) continue;
    const tally = (targets[target] ??= { passed: 0, failed: 0, excluded: [] });
    const reason = /\(excluded: (.*)\)$/.exec(title)?.[1];
    const clause = `${suite} ${title.replace(/ \(excluded: .*\)$/, '')}`;
    const row = matrix.get(clause) ?? new Map<string, string>();
    matrix.set(clause, row.set(target, mark(tally, clause, status, reason)));
  }
  return { targets, matrix };
};

const mark = (tally: Tally, clause: string, status: string, reason: string | undefined): string => {
  if (reason !== undefined) tally.excluded.push(`${clause}: ${reason}`);
  else if (status === 'passed') tally.passed += 1;
  else tally.failed += 1;
  if (reason !== undefined) return 'excluded';
  return status === 'passed' ? 'ok' : 'FAILED';
};

void main();
