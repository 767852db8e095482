import { createLogger, runApp } from '@openclaw/platform';
import { startSuite } from './suite.module';
import { suiteConfig } from './suite.config';

process.env['OPENCLAW_LOG_LEVEL'] ??= 'warn';
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const begun = performance.now();
void runApp(
  'suite',
  async () => {
    const suite = await startSuite(suiteConfig(process.env), process.env);
    say(`OpenClaw is ready after ${((performance.now() - begun) / 1000).toFixed(1)} s`);
    for (const [what, address] of Object.entries(suite.listens)) say(`  ${what.padEnd(16)} ${address}`);
    say(`  operator token   ${suite.installation.files.bootstrapTokenFile}`);
    say(`  service token    ${suite.installation.files.serviceTokenFile}`);
    return suite;
  },
  createLogger('suite'),
);
