import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';

/** A running OpenClaw, as a user has it: addresses, and tokens out of files. */
export interface System {
  readonly issuer: string;
  readonly validator: string;
  readonly audit: string;
  readonly anomaly: string;
  readonly operatorToken: string;
  readonly serviceToken: string;
  readonly auditorToken: string;
  stop(): Promise<void>;
}

const ROOT = resolve(__dirname, '../..');
const START_MS = 60_000;

export interface Started {
  readonly process: ChildProcess;
  readonly lines: readonly string[];
}

/** Starts a built app and waits for a line of its output; what it writes to stderr is passed on. */
export const startApp = (app: string, env: NodeJS.ProcessEnv, isReady: (line: string) => boolean): Promise<Started> => {
  const main = resolve(ROOT, `apps/${app}/dist/main.js`);
  const child = spawn(process.execPath, [main], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  return new Promise((done, fail) => {
    const late = setTimeout(() => {
      child.kill('SIGKILL');
      fail(new Error(`${app} was not ready within ${START_MS} ms: ${lines.slice(-3).join(' ')}`));
    }, START_MS);
    child.once('exit', (code) => {
      clearTimeout(late);
      fail(new Error(`${app} ended with code ${code}: ${lines.slice(-3).join(' ')}`));
    });
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line);
      if (!isReady(line)) return;
      clearTimeout(late);
      done({ process: child, lines });
    });
  });
};

/** Asks a process to stop and waits for its end. */
export const stopApp = async ({ process: child }: Started): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((done) => child.once('exit', done));
  child.kill('SIGTERM');
  await ended;
};

/** Ends a process as a crash does. */
export const killApp = async ({ process: child }: Started): Promise<void> => {
  const ended = new Promise((done) => child.once('exit', done));
  child.kill('SIGKILL');
  await ended;
};

export const readToken = (path: string): string => readFileSync(path, 'utf8').trim();
