import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { type HeapSnapshot, PLANTED, type Planted, type SecondLook, type WallFault } from './planted';

const ROOT = resolve(__dirname, '../../..');
const TRANSFORM = join(ROOT, 'test/testbench/transform.cjs');
const PLANT = join(ROOT, 'test/chaos/service/plant.ts');
const START_MS = 60_000;
const LINES_KEPT = 5;

interface Order {
  readonly app: 'issuer' | 'validator' | 'anomaly';
  readonly env: Readonly<Record<string, string>>;
  readonly planted?: Planted | undefined;
  /** Words before the command, such as `ip netns exec left`. */
  readonly enter?: readonly string[] | undefined;
}

/** A built service as a process of its own, with faults planted in it from outside. */
export class ServiceProcess {
  /** What it has written to its standard output and error: for the one who has to find the cause, and for canaries. */
  readonly output: string[] = [];
  /** Request id -> when the second look was taken, of uses that were allowed. */
  readonly looks = new Map<string, number>();
  listens: Readonly<Record<string, string>> = {};

  private constructor(private readonly child: ChildProcess) {
    child.on('message', (told: SecondLook | HeapSnapshot) => {
      if ('requestId' in told) this.looks.set(told.requestId, told.lookedAtMs);
    });
  }

  /** Resolves when it says that it is ready; rejects when it ends before, or says nothing for a minute. */
  static async start({ app, env, planted = {}, enter = [] }: Order): Promise<ServiceProcess> {
    const main = join(ROOT, `apps/${app}/dist/main.js`);
    const [command = process.execPath, ...argv] = [...enter, process.execPath, '-r', TRANSFORM, '-r', PLANT, main];
    const child = spawn(command, argv, {
      env: { ...process.env, ...env, [PLANTED]: JSON.stringify(planted) },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const service = new ServiceProcess(child);
    try {
      await service.#ready();
      return service;
    } catch (error) {
      await service.kill();
      throw new Error(`${app}: ${String(error)}: ${service.output.slice(-LINES_KEPT).join(' ')}`);
    }
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Puts its wall clock wrong. */
  setClock(fault: WallFault): void {
    this.child.send(fault);
  }

  /** Writes everything that it holds in its heap, after a collection, into a file; resolves with its path. */
  async heapSnapshot(path: string): Promise<string> {
    const written = new Promise<void>((done) => {
      this.child.on('message', (told: SecondLook | HeapSnapshot) => 'heapSnapshot' in told && done());
    });
    this.child.send({ heapSnapshot: path } satisfies HeapSnapshot);
    await written;
    return path;
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.child.kill(signal);
  }

  /** SIGKILL: nothing is flushed, nothing is said. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Asks it to finish what it has in hand. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill(signal);
    await ended;
  }

  #ready(): Promise<void> {
    return new Promise((done, fail) => {
      const late = setTimeout(() => fail(new Error(`not ready within ${START_MS} ms`)), START_MS);
      this.child.once('exit', (code, signal) => fail(new Error(`ended (${code ?? signal})`)));
      for (const stream of [this.child.stdout, this.child.stderr]) {
        if (stream === null) throw new Error('a service without output');
        createInterface({ input: stream }).on('line', (line) => {
          this.output.push(line);
          if (!line.includes('is ready')) return;
          clearTimeout(late);
          this.listens = (JSON.parse(line) as { listens: Record<string, string> }).listens;
          done();
        });
      }
    });
  }
}
