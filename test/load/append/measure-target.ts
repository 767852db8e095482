import type { AppendTarget } from './append-target';
import { Appender, bareOnce, throughput } from './appenders';
import { type LogsUnderLoad, openLogs } from './logs-under-load';

/** Milliseconds by what was done, and appends per second by how many callers. */
export interface Round {
  readonly latencies: ReadonlyMap<Action, readonly number[]>;
  readonly perSecond: ReadonlyMap<Callers, number>;
}

export const ACTIONS = ['bare', 'append', 'append+seen', 'head', 'barrier'] as const;
export type Action = (typeof ACTIONS)[number];
export const CALLERS = [1, 64] as const;
export type Callers = (typeof CALLERS)[number];

export interface Effort {
  readonly rounds: number;
  /** Samples of each action in a round. */
  readonly samples: number;
  readonly throughputMs: number;
}

/** The actions take turns in blocks so short that a burst of other load meets all of them alike. */
const BLOCK = 20;
const WARM_UP_BLOCKS = 10;
/** Throughput is measured in slices, one caller and many in turn, for the same reason. */
const SLICES = 4;

/** Opens fresh logs on the target, warms up, and measures round after round. */
export const measureTarget = async (target: AppendTarget, effort: Effort): Promise<readonly Round[]> => {
  const logs = await openLogs(target);
  try {
    await latencies(target, logs, WARM_UP_BLOCKS * BLOCK);
    for (const callers of CALLERS) await throughput(logs.full, callers, effort.throughputMs / SLICES);
    const rounds: Round[] = [];
    for (let i = 0; i < effort.rounds; i += 1) {
      rounds.push({
        latencies: await latencies(target, logs, effort.samples),
        perSecond: await rates(logs, effort.throughputMs),
      });
    }
    return rounds;
  } finally {
    await logs.close();
  }
};

const latencies = async (
  { bare }: AppendTarget,
  logs: LogsUnderLoad,
  samples: number,
): Promise<ReadonlyMap<Action, readonly number[]>> => {
  const full = new Appender(logs.full);
  const seen = new Appender(logs.seen);
  const heads: number[] = [];
  const steps: [Action, () => Promise<number>][] = [
    ['append', () => full.once()],
    ['append+seen', () => seen.once()],
    ['barrier', () => barrierOnce(logs)],
  ];
  if (bare !== undefined) steps.unshift(['bare', () => bareOnce(bare)]);
  const times = new Map<Action, number[]>([['head', heads]]);
  for (const [action] of steps) times.set(action, []);
  for (let block = 0; block < samples / BLOCK; block += 1) {
    for (const [action, once] of steps) {
      logs.takeHeadTimes();
      for (let i = 0; i < BLOCK; i += 1) times.get(action)?.push(await once());
      if (action === 'append') heads.push(...logs.takeHeadTimes());
    }
  }
  return times;
};

const barrierOnce = async ({ full }: LogsUnderLoad): Promise<number> => {
  const { signal } = new AbortController();
  const startedMs = performance.now();
  await full.barrier(signal);
  return performance.now() - startedMs;
};

const rates = async ({ full }: LogsUnderLoad, ms: number): Promise<ReadonlyMap<Callers, number>> => {
  const sums = new Map<Callers, number>();
  for (let slice = 0; slice < SLICES; slice += 1) {
    for (const callers of CALLERS) {
      sums.set(callers, (sums.get(callers) ?? 0) + (await throughput(full, callers, ms / SLICES)));
    }
  }
  return new Map([...sums].map(([callers, sum]) => [callers, sum / SLICES]));
};
