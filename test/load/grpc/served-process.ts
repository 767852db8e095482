import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Interface, createInterface } from 'node:readline';
import type { Http2Limits } from '@openclaw/grpc-server';
import type { ReadyFacts, RecordFacts, ServedKind } from './served.protocol';

const LOADER = join(__dirname, '../../testbench/typescript.cjs');
const START_MS = 60_000;
/** Of `/proc/<pid>/stat`; Linux has had it so for ever. */
const TICK_MS = 10;

/** The core of servers, and the one of those who load them. */
export const SERVER_CORE = '0';
export const LOADER_CORE = '1';

/** Undefined, or why processes cannot be bound to cores here. */
export const unpinnable = (): string | undefined =>
  spawnSync('taskset', ['-c', LOADER_CORE, 'true']).status === 0 ? undefined : 'no taskset, or no second core';

/** A server of `served.ts`, with what the kernel knows of its process. */
export class ServedProcess {
  private constructor(
    readonly ready: ReadyFacts,
    private readonly child: ChildProcess,
    private readonly lines: Interface,
  ) {}

  /** `core` undefined: wherever the kernel likes. */
  static async start(kind: ServedKind, core?: string, limits: Partial<Http2Limits> = {}): Promise<ServedProcess> {
    const program = [process.execPath, '-r', LOADER, join(__dirname, 'served.ts'), kind, JSON.stringify(limits)];
    const [command = '', ...argv] = core === undefined ? program : ['taskset', '-c', core, ...program];
    const child = spawn(command, argv, { stdio: ['pipe', 'pipe', 'inherit'] });
    const { stdout } = child;
    if (stdout === null) throw new Error('a child without standard output');
    const lines = createInterface({ input: stdout });
    let last = '';
    lines.on('line', (said) => (last = said));
    child.once('exit', (code, by) => {
      if (by !== 'SIGKILL')
        console.error(`the ${kind} ended by itself (${code ?? by}), its last line: ${last.slice(0, 300)}`);
    });
    const signal = AbortSignal.timeout(START_MS);
    const [line] = (await once(lines, 'line', { signal })) as [string];
    return new ServedProcess(JSON.parse(line) as ReadyFacts, child, lines);
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  get isAlive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Processor time of all its threads so far. */
  cpuMs(): number {
    const afterName = readFileSync(`/proc/${this.pid}/stat`, 'utf8').split(') ')[1] ?? '';
    const fields = afterName.split(' ');
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  }

  rssBytes(): number {
    const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${this.pid}/status`, 'utf8')) ?? [];
    return Number(kib) * 1024;
  }

  descriptors(): number {
    return readdirSync(`/proc/${this.pid}/fd`).length;
  }

  /** What it has on record. */
  async records(): Promise<RecordFacts> {
    const answered = once(this.lines, 'line') as Promise<[string]>;
    this.child.stdin?.write('\n');
    const [line] = await answered;
    return JSON.parse(line) as RecordFacts;
  }

  async stop(): Promise<void> {
    if (!this.isAlive) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
  }
}
