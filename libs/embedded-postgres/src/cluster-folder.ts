import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { chown, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { platform } from 'node:os';
import { join } from 'node:path';
import { startGuarded } from './guarded-process';
import type { NativeBinaries } from './native-binaries';
import type { ServiceAccount } from './service-account';
import { publishFolder } from './versioned-folder';

/** `<dataDir>/cluster` appears by one rename after a complete initdb: it is there and whole, or not there. */
export interface ClusterFolder {
  readonly data: string;
  readonly password: string;
}

/** Nothing of our environment reaches the server: neither secrets nor `PG*` settings. */
export const SERVER_ENVIRONMENT = { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

/**
 * How the server names its data folder. An account that may not walk the path to it (a checkout in root's home) may
 * still use the folder it stands in: we enter it before the switch of accounts, and /proc/self/cwd leads there
 * without a look at the path. Every PostgreSQL process stays in that folder for life.
 */
export function dataFolderName(data: string, account: ServiceAccount | undefined): string {
  return account && platform() === 'linux' ? '/proc/self/cwd' : data;
}

/** Makes the cluster when it is missing; `synced` waits for the disk. Safe to repeat and to race. */
export async function ensureCluster(
  dataDir: string,
  { initdb }: NativeBinaries,
  account: ServiceAccount | undefined,
  synced: boolean,
): Promise<ClusterFolder> {
  const folder = join(dataDir, 'cluster');
  await publishFolder(folder, async (draft) => {
    const data = join(draft, 'data');
    await mkdir(data, { mode: 0o700 });
    await writeFile(join(draft, 'password'), randomBytes(24).toString('base64url'), { mode: 0o600 });
    if (account) {
      for (const path of [draft, data, join(draft, 'password')]) await chown(path, account.uid, account.gid);
    }
    const logFile = join(dataDir, 'initdb.log');
    const run = startGuarded({
      argv: [initdb, '-D', dataFolderName(data, account), ...initdbOptions(synced)],
      cwd: data,
      env: SERVER_ENVIRONMENT,
      account,
      logFile,
      stopSignal: 'SIGKILL',
      graceMs: 0,
      removeOnCrash: draft,
    });
    const { code } = await run.exited;
    if (code !== 0) throw new Error(`initdb failed (${code}): ${readFileSync(logFile, 'utf8').trim()}`);
    await rm(logFile);
  });
  return { data: join(folder, 'data'), password: await readFile(join(folder, 'password'), 'utf8') };
}

/** One locale that needs nothing of the machine; passwords never as plain text or MD5. */
function initdbOptions(synced: boolean): string[] {
  return [
    '--username=postgres',
    '--pwfile=../password', // from the data folder, see dataFolderName
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    ...(synced ? [] : ['--no-sync']),
  ];
}
