import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { hostMs } from '../workload/history';
import type { Asked, Told, ValidatorOrder } from './validator.protocol';

/** One use of a code: when it was sent, and what came back. All times on the one monotonic clock of the host. */
export interface Use {
  readonly code: string;
  readonly sentAtMs: number;
  answer?: Exclude<Told, { readonly ready: true }>;
}

/** A validator as a process of its own, possibly in a network namespace (`enter`), with every use on record. */
export class ValidatorProcess {
  readonly uses: Use[] = [];
  readonly #child: ChildProcess;
  readonly #ready = Promise.withResolvers<void>();

  constructor(order: ValidatorOrder, enter: readonly string[] = []) {
    const loader = join(__dirname, '../../testbench/typescript.cjs');
    const program = [process.execPath, '-r', loader, join(__dirname, 'validator.ts'), JSON.stringify(order)];
    const [command = process.execPath, ...argv] = [...enter, ...program];
    this.#child = spawn(command, argv, { stdio: ['pipe', 'pipe', 'inherit'] });
    const { stdout } = this.#child;
    if (stdout === null) throw new Error('a child without standard output');
    createInterface({ input: stdout }).on('line', (line) => this.#take(JSON.parse(line) as Told));
    void once(this.#child, 'exit').then(() => this.#ready.reject(new Error('the validator ended too early')));
    this.#ready.promise.catch(() => undefined);
  }

  ready(): Promise<void> {
    return this.#ready.promise;
  }

  use(code: string): void {
    this.uses.push({ code, sentAtMs: hostMs() });
    this.send({ id: this.uses.length - 1, code });
  }

  send(asked: Asked): void {
    this.#child.stdin?.write(`${JSON.stringify(asked)}\n`);
  }

  /** SIGSTOP and SIGCONT: what is sent meanwhile queues up in the pipe. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child.kill(signal);
  }

  verdictsSince(sentAtMs: number): readonly string[] {
    return this.uses.filter((use) => use.sentAtMs >= sentAtMs).flatMap(({ answer }) => answer?.verdict ?? []);
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }

  #take(told: Told): void {
    if ('ready' in told) return this.#ready.resolve();
    const use = this.uses[told.id];
    if (use !== undefined) use.answer = told;
  }
}
