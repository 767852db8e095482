import { readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isAlive } from './versioned-folder';

const POLL_MS = 10;

/**
 * Resolves when no server runs on the folder. One whose owner lives is in use: that is an error. One whose owner
 * crashed is being ended by its guard, which is waited for.
 */
export async function waitUntilUnused(dataDir: string, data: string, guardTimeoutMs: number): Promise<void> {
  const deadline = Date.now() + guardTimeoutMs;
  for (;;) {
    const pid = await findRunningServer(data);
    if (pid === undefined) return;
    const owner = Number(await readFile(ownerFile(dataDir), 'utf8').catch(() => '0'));
    if (isAlive(owner) || Date.now() > deadline) {
      throw new Error(
        `${dataDir} is in use by the PostgreSQL process ${pid}` +
          (owner ? `, started by process ${owner}: stop that one, or choose another data folder` : ''),
      );
    }
    await delay(POLL_MS);
  }
}

/** Leaves our process id for whoever finds this server running. */
export async function rememberOwner(dataDir: string): Promise<void> {
  await writeFile(ownerFile(dataDir), String(process.pid));
}

function ownerFile(dataDir: string): string {
  return join(dataDir, 'owner.pid');
}

/** What `postmaster.pid` says (PostgreSQL's own format: line 1 the process, line 8 its state). */
export function readPostmasterFile(data: string): { readonly pid: number; readonly ready: boolean } | undefined {
  try {
    const lines = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n');
    return { pid: Number(lines[0]), ready: lines[7]?.trim() === 'ready' };
  } catch {
    return undefined; // not there, or just going away
  }
}

/** The server that runs on this folder, if any. PostgreSQL itself replaces the file of a process that has died. */
async function findRunningServer(data: string): Promise<number | undefined> {
  const file = readPostmasterFile(data);
  if (!file || !isAlive(file.pid)) return undefined;
  if (!standsElsewhere(file.pid, data)) return file.pid;
  await removeStaleFile(data, file.pid);
  return undefined;
}

/** Whether a living process has another current folder: then it is not this folder's server. */
function standsElsewhere(pid: number, data: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/cwd`) !== realpathSync(data);
  } catch {
    return false; // no /proc, or not ours to look at: leave it to PostgreSQL
  }
}

/**
 * After a crash the server's process id may go to an unrelated process (in a container it often does), and
 * PostgreSQL would refuse to start. The file is taken aside before it goes, because by now it may be the file of a
 * server that another process has just started; that one is given back.
 */
async function removeStaleFile(data: string, stalePid: number): Promise<void> {
  const [file, aside] = [join(data, 'postmaster.pid'), join(data, `postmaster.pid.stale-${process.pid}`)];
  await rename(file, aside);
  if (Number.parseInt(await readFile(aside, 'utf8'), 10) === stalePid) await rm(aside);
  else await rename(aside, file);
}
