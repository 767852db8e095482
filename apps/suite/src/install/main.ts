import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { kafkaVariables } from '../suite.config';
import { install } from './install.module';

/**
 * `npm run install-database -- --database-url <admin address> --folder <dir>`: makes the database ready and writes one
 * environment file per service into the folder (mode 600), for services that run one by one. With OPENCLAW_LOG=kafka
 * in the environment, the OPENCLAW_KAFKA_* variables go into those files.
 */
const main = async (): Promise<void> => {
  const { values } = parseArgs({ options: { 'database-url': { type: 'string' }, folder: { type: 'string' } } });
  const { 'database-url': adminUrl, folder } = values;
  if (adminUrl === undefined || folder === undefined) {
    throw new Error('usage: install-database --database-url postgresql://admin@host/database --folder <dir>');
  }
  const onKafka = process.env['OPENCLAW_LOG'] === 'kafka';
  const kafka = onKafka ? { kafka: kafkaVariables(process.env) } : {};
  const { environment } = await install({ adminUrl, folder, ...kafka });
  for (const [service, variables] of Object.entries(environment)) {
    const path = resolve(join(folder, `${service}.env`));
    const lines = Object.entries(variables).map(([name, value]) => `${name}=${value}\n`);
    writeFileSync(path, lines.join(''), { mode: 0o600 });
    process.stdout.write(`${service}: node --env-file=${path} apps/${service}/dist/main.js\n`);
  }
};

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
