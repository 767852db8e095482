import { execFileSync, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

export interface ProcessFamily {
  /** Those that still run; a zombie that nobody has buried yet does not. */
  alive(): number[];
}

/** A process, its descendants and its guard, as they are now. */
export function familyOf(pid: number): ProcessFamily {
  const all = list();
  const members = new Set([pid]);
  for (let size = 0; size !== members.size;) {
    size = members.size;
    for (const { pid: other, parent } of all) if (members.has(parent)) members.add(other);
  }
  for (const { pid: other, command } of all) if (command.includes(` guard ${pid} `)) members.add(other);
  return {
    alive: () => {
      const now = list();
      return now.filter((it) => members.has(it.pid) && !it.state.startsWith('Z')).map((it) => it.pid);
    },
  };
}

function list(): { pid: number; parent: number; state: string; command: string }[] {
  const table = execFileSync('ps', ['-ww', '-eo', 'pid=,ppid=,stat=,args='], { encoding: 'utf8' });
  return table.split('\n').flatMap((row) => {
    const [, pid, parent, state = '', command = ''] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(row) ?? [];
    return pid ? [{ pid: Number(pid), parent: Number(parent), state, command }] : [];
  });
}

/** Waits for a condition; fails after `timeoutMs`. */
export async function until(condition: () => boolean, timeoutMs = 30_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`not so within ${timeoutMs} ms: ${condition.toString()}`);
    await delay(20);
  }
}

/** The first line that a child prints; fails when it ends without one. */
export async function line(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error('the child has no stdout pipe');
  for await (const first of createInterface({ input: child.stdout })) return first;
  throw new Error('the child ended before it printed a line');
}
