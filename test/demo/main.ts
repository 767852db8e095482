import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startEmbeddedSystem } from './embedded-system';
import { startKafkaSystem } from './kafka-system';
import { Tour } from './tour';

/**
 * `npm run demo [-- --log kafka] [-- --json]`: starts its own OpenClaw in a temporary folder and plays the tour against
 * it. The last line is one JSON object; the exit code is 1 when a step failed.
 */
const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: { log: { type: 'string', default: 'postgres' }, json: { type: 'boolean', default: false } },
  });
  if (values.log !== 'postgres' && values.log !== 'kafka') throw new Error('--log: say postgres or kafka');
  const say = (line: string): void => {
    if (!values.json) console.log(line);
  };
  const folder = mkdtempSync(join(tmpdir(), 'openclaw-demo-'));
  const begun = performance.now();
  try {
    const system = await (values.log === 'kafka' ? startKafkaSystem(folder) : startEmbeddedSystem(folder));
    say(`started on ${values.log} in ${((performance.now() - begun) / 1000).toFixed(1)} s`);
    const tour = new Tour(system, ({ what, seen, ok }) => say(`${ok ? ' ok ' : 'FAIL'} ${what}: ${seen}`));
    const steps = await tour.run().finally(() => system.stop());
    const failed = steps.filter(({ ok }) => !ok);
    for (const { what, seen } of values.json ? failed : []) console.log(`FAIL ${what}: ${seen}`);
    const seconds = Number(((performance.now() - begun) / 1000).toFixed(1));
    console.log(
      JSON.stringify({
        steps: steps.length,
        failed: failed.length,
        log: values.log,
        seconds,
        pass: failed.length === 0 && steps.length >= 12,
      }),
    );
    process.exitCode = failed.length === 0 && steps.length >= 12 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

main().catch((error: unknown) => {
  console.error(error);
  console.log(JSON.stringify({ steps: 0, failed: 1, pass: false, reason: String(error) }));
  process.exitCode = 1;
});
