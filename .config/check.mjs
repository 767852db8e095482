/**
 * `npm run check`: everything about the code that can be told without running it. Steps run side by side, two at a
 * time; each prints its name, its verdict and its seconds, and what it has to say when it fails.
 * `npm run check -- lint types` runs only the named steps.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CACHE = 'node_modules/.cache/openclaw';
const AT_ONCE = 2;

/** The slowest first, so that the others fill the gap beside it. */
const STEPS = [
  // No cache: a rule that knows types can change its verdict on a file that did not change.
  {
    name: 'lint',
    command: ['eslint', '--config', '.config/eslint.config.mjs', '--max-warnings=0', 'apps', 'libs', 'test'],
  },
  {
    name: 'format',
    command: ['prettier', '--check', '--log-level=warn', '--cache', `--cache-location=${CACHE}/prettier`, '.'],
  },
  { name: 'types', command: ['tsc', '-p', '.config/tsconfig.check.json', '--pretty', 'false'] },
  { name: 'unused', command: ['knip', '--config', '.config/knip.jsonc', '--no-progress'] },
  {
    name: 'imports',
    command: [
      'depcruise',
      '--config',
      '.config/dependency-cruiser.cjs',
      '--output-type',
      'err',
      'apps',
      'libs',
      'test',
    ],
  },
  { name: 'protos', command: ['buf', 'lint'], cwd: 'libs/contracts' },
];

const run = ({ name, command: [tool, ...args], cwd = '.' }) =>
  new Promise((resolve) => {
    const startedAt = performance.now();
    const output = [];
    // npm puts node_modules/.bin first in the path: the tools, and the right node for them, are found there.
    const child = spawn(tool, args, { cwd: `${ROOT}/${cwd}`, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => output.push(chunk));
    const end = (passed, text) => {
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
      console.log(`${passed ? 'ok    ' : 'FAILED'}  ${name.padEnd(8)} ${seconds.padStart(5)} s`);
      if (!passed) console.log(`${text.trim().replace(/^/gm, '    ')}\n`);
      resolve(passed);
    };
    child.once('error', (error) => end(false, `${tool} cannot be started (${error.message}); run this through npm`));
    child.once('close', (code) => end(code === 0, Buffer.concat(output).toString('utf8')));
  });

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !STEPS.some((step) => step.name === name));
if (unknown.length > 0) {
  console.error(`no such step: ${unknown.join(', ')}; there are ${STEPS.map((step) => step.name).join(', ')}`);
  process.exit(2);
}

const waiting = STEPS.filter((step) => wanted.length === 0 || wanted.includes(step.name));
const total = waiting.length;
let failed = 0;
const worker = async () => {
  for (let step = waiting.shift(); step; step = waiting.shift()) if (!(await run(step))) failed += 1;
};
await Promise.all(Array.from({ length: AT_ONCE }, worker));
console.log(failed === 0 ? `check: ${total} passed` : `check: ${failed} of ${total} failed`);
process.exitCode = failed === 0 ? 0 : 1;
