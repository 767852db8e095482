import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';

/** The machine and what else runs on it: a figure without them says nothing. */
export const surroundings = (): readonly string[] => {
  const processors = cpus();
  const gib = (totalmem() / 2 ** 30).toFixed(1);
  return [
    `machine   ${processors[0]?.model.trim() ?? 'unknown processor'}, ${processors.length} cores, ${gib} GiB memory`,
    `load      ${loadavg().map((load) => load.toFixed(1)).join(' ')} before the start (1, 5 and 15 minutes)`,
    `versions  node ${process.versions.node}, kafkajs ${versionOf('kafkajs')}, pg ${versionOf('pg')}, grpc-js ${versionOf('@grpc/grpc-js')}, ${h2loadVersion()}`,
  ]; // prettier-ignore
};

const versionOf = (dependency: string): string =>
  (JSON.parse(readFileSync(require.resolve(`${dependency}/package.json`), 'utf8')) as { version: string }).version;

const h2loadVersion = (): string =>
  spawnSync('h2load', ['--version'], { encoding: 'utf8' }).stdout?.trim() ?? 'no h2load';

/** The Kafka that the test bench brings; of one that was given by address nobody tells us the version. */
export const kafkaVersion = (givenIn: string): string => {
  if (process.env[givenIn] !== undefined) return `kafka at the address in ${givenIn} (it does not tell its version)`;
  const pom = readFileSync(join(__dirname, '..', 'testbench', 'kafka.pom.xml'), 'utf8');
  return `kafka ${/<version>([^<]+)</.exec(pom)?.[1] ?? 'of an unknown version'}`;
};
