import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface ServiceAccount {
  readonly uid: number;
  readonly gid: number;
}

/**
 * The account PostgreSQL runs as, or undefined for "as we are". PostgreSQL refuses to run as root, so root gets
 * `postgres`, made as a system account when it is missing, or `nobody` where it cannot be made.
 */
export function serviceAccount(): ServiceAccount | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const account = findAccount('postgres') ?? createAccount('postgres') ?? findAccount('nobody');
  if (!account) throw new Error('PostgreSQL does not run as root, and there is no account postgres or nobody');
  return account;
}

function createAccount(name: string): ServiceAccount | undefined {
  try {
    execFileSync('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', name], {
      stdio: 'ignore',
    });
  } catch {
    return findAccount(name); // no useradd, a read-only system, or another process was faster
  }
  return findAccount(name);
}

/** Reads the local accounts: `name:password:uid:gid:...` (passwd(5)). */
function findAccount(name: string): ServiceAccount | undefined {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`));
  const [, , uid, gid] = (line ?? '').split(':');
  return uid && gid && uid !== '0' ? { uid: Number(uid), gid: Number(gid) } : undefined;
}
