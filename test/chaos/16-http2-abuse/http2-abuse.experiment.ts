import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type Socket, connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import type { Http2Limits } from '@openclaw/grpc-server';
import { GrpcCaller } from '../../../apps/validator/testing/grpc-caller';
import { ServedProcess } from '../../load/grpc/served-process';
import { quantile, spreadOf } from '../../load/statistics';
import type { Experiment, Observation } from '../experiment';
import type { SeededRandom } from '../seeded-random';
import { ATTACKS } from './attacks';

const NEVER = 1e9;
const LOADER = join(__dirname, '../../testbench/typescript.cjs');

/** A server without one of its bounds, and the attack that it is there for. */
const MUTANTS: Readonly<Record<string, { readonly limits: Partial<Http2Limits>; readonly attacks: readonly Name[] }>> =
  {
    'no limit on resets and other idle frames': {
      limits: { idleFramesBurst: NEVER },
      attacks: ['rapid reset'],
    },
    'no limit of a header block': {
      limits: { headerListBytesMax: NEVER, headerFramesMax: NEVER },
      attacks: ['CONTINUATION flood'],
    },
    'no cap on connections': { limits: { connectionsMax: NEVER }, attacks: [] },
  };

type Name = keyof typeof ATTACKS;
const ALL = Object.keys(ATTACKS) as readonly Name[];

/** Times below this say more about the machine than about an attack. */
const P99_FLOOR_MS = 30;
const P99_RATIO = 3;
const RSS_RATIO = 1.5;
const RECOVERY_MS = 10_000;
/** Descriptors that the server has for itself: files of the spool, pipes, event loops. */
const OWN_DESCRIPTORS = 64;
const SHORT = { connectionsMax: 500, idle: 700, windows: 3, attackMs: 800, quietMs: 1000 };
const LONG = { connectionsMax: 4096, idle: 10_000, windows: 12, attackMs: 5000, quietMs: 10_000 };

/** INVARIANTS experiment 16: HTTP/2 and gRPC as no decent client speaks them, against the port of the whole validator. */
export const http2Abuse: Experiment = {
  number: 16,
  title: 'HTTP/2 and gRPC abuse: the process lives, stays bounded and serves healthy callers meanwhile',
  invariants: ['I10', 'healthy p99'],
  mutants: Object.fromEntries(Object.keys(MUTANTS).map((name) => [name, ['I10']])),
  async run({ random, size, mutant, note }) {
    const { connectionsMax, ...effort } = size === 'long' ? LONG : SHORT;
    const planted = MUTANTS[mutant ?? ''];
    const served = await ServedProcess.start('validator', undefined, { connectionsMax, ...planted?.limits });
    const trial = new Trial(served, random, { ...effort, connectionsMax });
    try {
      const seen = planted === undefined ? await trial.whole() : await trial.only(planted.attacks);
      note(JSON.stringify(seen.counts));
      return seen;
    } finally {
      await served.stop();
    }
  },
};

interface Effort {
  readonly connectionsMax: number;
  readonly idle: number;
  /** Times of healthy callers are taken in each; the middle one counts, because the machine has other work, too. */
  readonly windows: number;
  readonly attackMs: number;
  readonly quietMs: number;
}

class Trial {
  readonly #violations: string[] = [];

  constructor(
    private readonly served: ServedProcess,
    private readonly random: SeededRandom,
    private readonly effort: Effort,
  ) {}

  async whole(): Promise<Observation> {
    const { effort, served } = this;
    const caller = new HealthyCaller(served);
    try {
      await caller.times(effort.quietMs / 2); // warms up
      const quiet = await caller.times(effort.quietMs);
      const rssBefore = served.rssBytes();
      const windows: Times[] = [];
      for (let i = 0; i < effort.windows; i += 1) {
        await this.#attackFor(effort.attackMs);
        windows.push(await caller.times(0));
      }
      const idle = await this.#idle();
      const abusedP99Ms = spreadOf(windows.map(({ p99Ms }) => p99Ms)).median;
      const abusedCalls = windows.reduce((sum, { calls }) => sum + calls, 0);
      const failures = windows.reduce((sum, its) => sum + its.failures, quiet.failures);
      const recoveredMs = await this.#recovered(caller, quiet.p99Ms);
      const rssRatio = served.rssBytes() / rssBefore;
      if (rssRatio > RSS_RATIO) this.#violations.push(`memory grew ${rssRatio.toFixed(2)} times`);
      if (failures > 0) this.#violations.push(`${failures} healthy calls failed`);
      const isQuick = abusedP99Ms <= P99_RATIO * Math.max(quiet.p99Ms, P99_FLOOR_MS);
      return this.#observed(isQuick, {
        quietP99Ms: quiet.p99Ms, abusedP99Ms, abusedCalls, recoveredMs, rssRatio, idle,
      }); // prettier-ignore
    } finally {
      caller.stop();
    }
  }

  /** Some attacks, and the flood of connections: what a mutant is tried with. */
  async only(names: readonly Name[]): Promise<Observation> {
    await this.#attack(names);
    const idle = names.length === 0 ? await this.#idle() : 0;
    return this.#observed(true, { idle });
  }

  /** Every attack in its turn, again and again. */
  async #attackFor(forMs: number): Promise<void> {
    const begunAtMs = performance.now();
    while (performance.now() - begunAtMs < forMs && this.#violations.length === 0) await this.#attack(ALL);
  }

  async #attack(names: readonly Name[]): Promise<void> {
    for (const name of names) {
      const broken = await ATTACKS[name](this.served.ready.port, this.random).catch(
        (error: unknown) => `${name}: ${String(error)}`,
      );
      if (broken !== undefined) this.#violations.push(broken);
      if (!this.served.isAlive) this.#violations.push(`${name}: the process has ended`);
    }
  }

  /** Opens more connections than the server keeps, and says nothing on any; how many could be opened. */
  async #idle(): Promise<number> {
    const { idle, connectionsMax } = this.effort;
    const count = Math.min(idle, openFilesMax() - 500);
    const sockets: Socket[] = [];
    for (let i = 0; i < count; i += 1) {
      const socket = connect({ port: this.served.ready.port, host: '127.0.0.1' });
      socket.on('error', () => undefined);
      sockets.push(socket);
      if (i % 50 === 49) await once(socket, 'connect', { signal: AbortSignal.timeout(5000) }).catch(() => undefined);
    }
    // A call behind them on the same port: all of them have been taken by then.
    const caller = new GrpcCaller(`127.0.0.1:${this.served.ready.port}`, this.served.ready.token);
    const verdict = await caller.verdict({ code: this.served.ready.plain }).catch((error: unknown) => String(error));
    caller.close();
    const descriptors = this.served.descriptors();
    if (verdict !== 'allowed') this.#violations.push(`idle connections: a new caller got ${verdict}`);
    if (descriptors > connectionsMax + OWN_DESCRIPTORS) this.#violations.push(`${descriptors} descriptors are open`);
    for (const socket of sockets) socket.destroy();
    return count;
  }

  /** Milliseconds until calls are as quick as before; a violation when it takes longer than ten seconds. */
  async #recovered(caller: HealthyCaller, quietP99Ms: number): Promise<number> {
    const begunAtMs = performance.now();
    for (;;) {
      const { p99Ms, failures } = await caller.times(300);
      const tookMs = performance.now() - begunAtMs;
      if (failures === 0 && p99Ms <= P99_RATIO * Math.max(quietP99Ms, P99_FLOOR_MS)) return tookMs;
      if (tookMs < RECOVERY_MS) continue;
      this.#violations.push('not normal again within 10 s');
      return tookMs;
    }
  }

  #observed(isQuick: boolean, counts: Observation['counts']): Observation {
    const violations = this.#violations;
    const late = isQuick ? [] : ['healthy callers waited more than three times as long'];
    return {
      counts,
      held: { I10: violations.length === 0, 'healthy p99': isQuick },
      violations: [...violations, ...late],
    };
  }
}

const openFilesMax = (): number =>
  Number(/^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1] ?? 1024);

interface Times {
  readonly calls: number;
  readonly failures: number;
  readonly p99Ms: number;
}

class HealthyCaller {
  readonly #child: ChildProcess;
  readonly #lines;

  constructor({ ready }: ServedProcess) {
    const program = [join(__dirname, 'healthy-caller.ts'), `127.0.0.1:${ready.port}`, ready.token, ready.plain];
    this.#child = spawn(process.execPath, ['-r', LOADER, ...program], { stdio: ['pipe', 'pipe', 'inherit'] });
    const { stdout } = this.#child;
    if (stdout === null) throw new Error('a child without standard output');
    this.#lines = createInterface({ input: stdout });
  }

  /** Of the calls since the last question and for so long from now. */
  async times(forMs: number): Promise<Times> {
    await pause(forMs);
    const answered = once(this.#lines, 'line') as Promise<[string]>;
    this.#child.stdin?.write('\n');
    const [line] = await answered;
    const { tookMs, failures } = JSON.parse(line) as { readonly tookMs: readonly number[]; readonly failures: number };
    return { calls: tookMs.length, failures, p99Ms: quantile(tookMs, 0.99) };
  }

  stop(): void {
    this.#child.kill('SIGKILL');
  }
}
