import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { type Installation, install } from '@openclaw/suite';

const ROOT = resolve(__dirname, '../../..');
const START_MS = 60_000;
const FREE = '127.0.0.1:0';

type Service = keyof Installation['environment'];

/** One service as a process, with everything that it writes. */
export interface ObservedProcess {
  readonly listens: Readonly<Record<string, string>>;
  readonly stop: () => Promise<void>;
}

/** All four services, each a process of its own, sending its telemetry to `otlpUrl`; what they write is kept. */
export class ObservedSystem {
  /** Standard output and standard error of every process. */
  readonly output = { stdout: [] as string[], stderr: [] as string[] };
  readonly #processes: ObservedProcess[] = [];

  private constructor(
    readonly files: Installation['files'],
    private readonly environment: Installation['environment'],
    private readonly otlpUrl: string,
  ) {}

  static async start(where: { adminUrl: string; folder: string }, otlpUrl: string): Promise<ObservedSystem> {
    const { files, environment } = await install(where);
    return new ObservedSystem(files, environment, otlpUrl);
  }

  /** Starts one service and resolves with where it listens. */
  async run(service: Service): Promise<Readonly<Record<string, string>>> {
    const kinds = service === 'validator' ? ['VALIDATOR_GRPC', 'VALIDATOR_HTTP'] : [`${service.toUpperCase()}_HTTP`];
    const started = await this.spawn(`apps/${service}/src/main.ts`, {
      ...this.environment[service],
      ...Object.fromEntries(kinds.map((kind) => [`OPENCLAW_${kind}_LISTEN`, FREE])),
      OTEL_EXPORTER_OTLP_ENDPOINT: this.otlpUrl,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_METRIC_EXPORT_INTERVAL: '500',
      OTEL_METRIC_EXPORT_TIMEOUT: '500',
      OTEL_BSP_SCHEDULE_DELAY: '200',
      OTEL_BLRP_SCHEDULE_DELAY: '200',
    });
    return started.listens;
  }

  /** Runs a TypeScript program of this repository; resolves when it says that it is ready. */
  spawn(program: string, env: Readonly<Record<string, string>>): Promise<ObservedProcess> {
    const loader = resolve(ROOT, 'test/testbench/typescript.cjs');
    const child = spawn(
      process.execPath,
      ['--disable-warning=TimeoutNegativeWarning', '-r', loader, resolve(ROOT, program)],
      {
        env: { PATH: process.env['PATH'], OPENCLAW_LOG_LEVEL: 'debug', ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    createInterface({ input: child.stderr }).on('line', (line) => this.output.stderr.push(line));
    return new Promise((done, fail) => {
      const late = setTimeout(() => {
        child.kill('SIGKILL');
        fail(new Error(`${program} was not ready within ${START_MS} ms`));
      }, START_MS);
      child.once('exit', (code) => {
        clearTimeout(late);
        fail(new Error(`${program} ended with ${code}: ${this.output.stdout.slice(-3).join(' ')}`));
      });
      createInterface({ input: child.stdout }).on('line', (line) => {
        this.output.stdout.push(line);
        if (!line.includes('is ready')) return;
        clearTimeout(late);
        const { listens } = JSON.parse(line) as Pick<ObservedProcess, 'listens'>;
        const started = { listens, stop: () => stopped(child) };
        this.#processes.push(started);
        done(started);
      });
    });
  }

  token(name: 'bootstrapTokenFile' | 'serviceTokenFile'): string {
    return readFileSync(this.files[name], 'utf8').trim();
  }

  async stop(): Promise<void> {
    for (const one of this.#processes.splice(0).reverse()) await one.stop();
  }
}

const stopped = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((done) => child.once('exit', done));
  child.kill('SIGTERM');
  await ended;
};
