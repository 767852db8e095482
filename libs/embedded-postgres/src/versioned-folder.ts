import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';

/**
 * Where downloads and copies are kept between runs. Root's home is closed to the accounts that root's services run
 * as, hence /var/cache there. `OPENCLAW_CACHE_DIR` moves it.
 */
export function cacheFolder(): string {
  const { OPENCLAW_CACHE_DIR: chosen, XDG_CACHE_HOME: xdg } = process.env;
  if (chosen) return chosen;
  return process.getuid?.() === 0 ? '/var/cache/openclaw' : join(xdg || join(homedir(), '.cache'), 'openclaw');
}

/**
 * Makes `target` exist and be complete: `fill` works in a draft beside it, which is then renamed. Any number of
 * processes may do this at once (one draft wins, the others are thrown away), and a draft whose maker died is
 * removed. Safe to repeat; a failure of `fill` leaves nothing behind.
 */
export async function publishFolder(target: string, fill: (draft: string) => Promise<void>): Promise<void> {
  if (existsSync(target)) return;
  await mkdir(dirname(target), { recursive: true });
  await removeAbandoned(dirname(target), `${basename(target)}.draft-`);
  const draft = `${target}.draft-${process.pid}-${randomBytes(4).toString('hex')}`;
  await mkdir(draft, { mode: 0o755 });
  try {
    await fill(draft);
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if (!existsSync(target)) throw error; // else another process was faster
  }
}

/** Removes the entries of `folder` named `<prefix><pid>-...` whose process no longer lives, as far as we may. */
export async function removeAbandoned(folder: string, prefix: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const pid = name.startsWith(prefix) ? Number.parseInt(name.slice(prefix.length), 10) : Number.NaN;
    if (!Number.isInteger(pid) || isAlive(pid)) continue;
    await rm(join(folder, name), { recursive: true, force: true }).catch(() => undefined); // another account's
  }
}

/** Whether a process with this id lives, whoever owns it. */
export function isAlive(pid: number): boolean {
  if (pid <= 0) return false; // kill(2) gives these another meaning
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}

/** Not `instanceof Error`: an error of Node's own is of another realm inside a Jest sandbox. */
export function hasCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}
