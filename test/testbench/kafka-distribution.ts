import { execFile } from 'node:child_process';
import { copyFile, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder, publishFolder } from '@openclaw/embedded-postgres';

const run = promisify(execFile);
const POM = join(dirname(require.resolve('@openclaw/test/package.json')), 'testbench', 'kafka.pom.xml');
const DOWNLOAD_TIMEOUT_MS = 300_000;

interface KafkaLibraries {
  readonly classPath: string;
  readonly version: string;
  /** The folder that holds them, and what else is kept of this version. */
  readonly cache: string;
}

/**
 * Apache Kafka, fetched once per version from Maven Central (44 MB). Needs Java 17 and Maven; as root on Debian they
 * are installed when missing, else the error says what to install. Safe to retry.
 */
export async function kafkaLibraries(): Promise<KafkaLibraries> {
  await ensureTool('java', ['-version']);
  const [, version = ''] = /<version>([^<]+)</.exec(await readFile(POM, 'utf8')) ?? [];
  const cache = cacheFolder();
  const folder = join(cache, `kafka-${version}`);
  await publishFolder(folder, async (draft) => {
    await ensureTool('mvn', ['-version']);
    await copyFile(POM, join(draft, 'pom.xml'));
    const goal = ['dependency:copy-dependencies', `-DoutputDirectory=${join(draft, 'libs')}`, '-DincludeScope=runtime'];
    await run('mvn', ['-q', '-B', ...goal], { cwd: draft, timeout: DOWNLOAD_TIMEOUT_MS });
    if (!(await readdir(join(draft, 'libs'))).some((jar) => jar.startsWith('kafka_'))) {
      throw new Error('Maven ended well but brought no Kafka');
    }
  });
  return { classPath: join(folder, 'libs', '*'), version, cache };
}

const PACKAGES = ['openjdk-17-jre-headless', 'maven'];

async function ensureTool(tool: string, probe: string[]): Promise<void> {
  if (await works(tool, probe)) return;
  if (process.getuid?.() === 0 && (await works('apt-get', ['--version']))) {
    await run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...PACKAGES], {
      timeout: DOWNLOAD_TIMEOUT_MS,
    });
  }
  if (await works(tool, probe)) return;
  throw new Error(
    `a local Kafka needs ${tool}: install Java 17 and Maven (Debian: apt-get install ${PACKAGES.join(' ')}), ` +
      'or start a container engine, or set OPENCLAW_TEST_KAFKA_BROKERS to a broker that runs',
  );
}

async function works(tool: string, probe: string[]): Promise<boolean> {
  return run(tool, probe).then(
    () => true,
    () => false,
  );
}
