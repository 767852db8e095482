import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { once } from 'node:events';

/** What to run, as whom, and how to end it when we cannot ask any more. */
export interface GuardedCommand {
  readonly argv: readonly [file: string, ...args: string[]];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Runs as this account (only root may ask for another one); the folder `cwd` is entered before the switch. */
  readonly account?: { readonly uid: number; readonly gid: number };
  /** Receives stdout and stderr; emptied at each start. */
  readonly logFile: string;
  readonly stopSignal: 'SIGINT' | 'SIGTERM' | 'SIGKILL';
  /** How long after `stopSignal` the process group is killed. */
  readonly graceMs: number;
  /** Folder that the guard removes when this process dies without `stop()`. */
  readonly removeOnCrash?: string;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface GuardedProcess {
  readonly pid: number;
  /** Resolves (never rejects) when the process and its guard are gone, whoever ended them. */
  readonly exited: Promise<Exit>;
  /** Signals the whole process group; does nothing when it has ended. */
  signal(signal: NodeJS.Signals): void;
  /** Sends `stopSignal`, kills after `graceMs`, resolves when nothing is left. Safe to repeat. */
  stop(): Promise<Exit>;
}

/** Waits for the word, so that the program runs only when its guard is already watching. `exec` keeps the pid. */
const GATE = 'read -r go && exec "$@" </dev/null';

/**
 * Ends on a word; when the pipe closes without one, our process has died: end the group, remove the folder. In a
 * container whose first process buries no orphans the program stays a zombie, which counts as ended.
 */
const GUARD = `
runs() { kill -0 "$1" && ! grep -q '^State:[[:space:]]*Z' "/proc/$1/status"; }
read -r word && exit 0
kill -s "$2" -- "-$1"
tenths="$3"
while runs "$1" && [ "$tenths" -gt 0 ]; do sleep 0.1; tenths=$((tenths - 1)); done
kill -s KILL -- "-$1"
[ -z "$4" ] || rm -rf "$4"`;

/**
 * Starts a program that cannot outlive us, not even after `kill -9`: a shell of 1 MB holds the other end of a pipe
 * that the kernel closes when we die. Both run in sessions of their own, so that Ctrl-C reaches only us.
 * A program that cannot be started shows as an exit code (126, 127) and a line in the log file.
 */
export function startGuarded(command: GuardedCommand): GuardedProcess {
  const log = openSync(command.logFile, 'w');
  const child = spawn('/bin/sh', ['-c', GATE, 'sh', ...command.argv], {
    cwd: command.cwd,
    env: command.env,
    stdio: ['pipe', log, log],
    detached: true,
    ...command.account,
  });
  closeSync(log);
  child.on('error', () => undefined); // said by the missing pid
  const { pid } = child;
  if (pid === undefined) throw new Error(`cannot start a process in ${command.cwd}`);
  const guard = spawn('/bin/sh', ['-c', GUARD, 'guard', ...guardArguments(pid, command)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    cwd: '/',
  });
  for (const pipe of [child.stdin, guard.stdin]) pipe?.on('error', () => undefined); // EPIPE: already gone
  child.stdin?.end('go\n');

  let running = true;
  const signal = (name: NodeJS.Signals) => {
    if (running) signalGroup(pid, name);
  };
  guard.once('exit', () => signal('SIGKILL')); // an unguarded process is not left running
  const exited = (async (): Promise<Exit> => {
    const guardGone = once(guard, 'exit');
    await once(child, 'exit');
    running = false;
    guard.stdin?.end('done\n');
    await guardGone;
    return { code: child.exitCode, signal: child.signalCode };
  })();

  const stop = async () => {
    signal(command.stopSignal);
    const deadline = setTimeout(() => signal('SIGKILL'), command.graceMs);
    try {
      return await exited;
    } finally {
      clearTimeout(deadline);
    }
  };
  return { pid, exited, signal, stop };
}

function guardArguments(pid: number, command: GuardedCommand): string[] {
  const signal = command.stopSignal.slice('SIG'.length);
  return [String(pid), signal, String(Math.ceil(command.graceMs / 100)), command.removeOnCrash ?? ''];
}

function signalGroup(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(-pid, name);
  } catch {
    // ESRCH: the group ended between the exit and our hearing of it
  }
}
