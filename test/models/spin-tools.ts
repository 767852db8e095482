import { spawn } from 'node:child_process';

/** What came of a command. Never a rejection: the caller judges by the output. */
export interface Ran {
  readonly code: number | null;
  readonly output: string;
  readonly seconds: number;
  readonly timedOut: boolean;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly timeoutMs: number;
}

const INSTALL_TIMEOUT_MS = 300_000;
const PACKAGES = ['spin', 'gcc', 'libc6-dev'];

/** Runs a command to its end, or to its time-out. Nothing is read from it but text. */
export const run = (command: string, args: readonly string[], { cwd, timeoutMs }: RunOptions): Promise<Ran> =>
  new Promise((resolve) => {
    const startedAt = performance.now();
    const chunks: Buffer[] = [];
    let timedOut = false;
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    const timer = setTimeout(() => (timedOut = child.kill('SIGKILL')), timeoutMs);
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    const end = (code: number | null, more: string): void => {
      clearTimeout(timer);
      const output = Buffer.concat(chunks).toString('utf8') + more;
      resolve({ code, output, seconds: (performance.now() - startedAt) / 1000, timedOut });
    };
    child.once('error', (error) => end(null, error.message));
    child.once('close', (code) => end(code, ''));
  });

/**
 * Sees to it that spin and gcc are there; installs them where it may. Rejects with what to do by hand. Safe to repeat.
 */
export const ensureSpin = async (): Promise<void> => {
  if (await isThere()) return;
  const manual = `the models need spin and gcc: apt-get install -y ${PACKAGES.join(' ')}`;
  if (process.getuid?.() !== 0) throw new Error(manual);
  const options = { timeoutMs: INSTALL_TIMEOUT_MS };
  const install = (): Promise<Ran> => run('apt-get', ['install', '-y', '-q', ...PACKAGES], options);
  let installed = await install();
  if (installed.code !== 0) {
    await run('apt-get', ['update', '-q'], options);
    installed = await install();
  }
  if (!(await isThere())) throw new Error(`${manual}\n${installed.output}`);
};

const isThere = async (): Promise<boolean> => {
  const versions = await Promise.all([
    run('spin', ['-V'], { timeoutMs: 10_000 }),
    run('gcc', ['--version'], { timeoutMs: 10_000 }),
  ]);
  return versions.every(({ code }) => code === 0);
};
