import type { BenchOptions, TargetName } from '../bench-options';
import { quantile, shown, spreadOf } from '../statistics';
import { type Bar, type Judged, type Verdict, judgeBench } from '../verdict';
import { openTarget } from './append-target';
import { ACTIONS, type Action, CALLERS, type Effort, type Round, measureTarget } from './measure-target';

const SOURCE = 'docs/reference/benchmarks.md';
const APPEND_BAR: Bar = { what: 'append+head p50 / bare send p50', limit: 3, holds: 'at most', source: SOURCE };
const BARRIER_BAR: Bar = { what: 'barrier p50 / bare send p50', limit: 2, holds: 'at most', source: SOURCE };
const MANY_BAR: Bar = { what: 'events/s of 64 appenders / of one', limit: 10, holds: 'at least', source: SOURCE };

/** The same figures are printed for every target; the bars are demanded of Kafka. */
const hasBars = (name: string): boolean => name.startsWith('kafka');

/** Latency of an append until its head is committed, and what 64 callers at once get, on each adapter. */
export const appendBench = async (options: BenchOptions): Promise<Verdict> => {
  const { note } = options;
  const judged: Judged[] = [];
  const failures: string[] = [];
  for (const name of options.targets) {
    try {
      const ratios = await measured(name, options);
      if (hasBars(name)) judged.push(...ratios);
    } catch (error) {
      failures.push(`${name}: ${String(error)}`);
      note(`${name} could not be measured: ${String(error)}`);
    }
  }
  return judgeBench('append', judged, failures);
};

const measured = async (name: TargetName, options: BenchOptions): Promise<readonly Judged[]> => {
  const { note } = options;
  const target = await openTarget[name]();
  note(`\n${name}: ${target.version}${target.bare === undefined ? '' : `; baseline: ${target.bare.what}`}`);
  const rounds = await measureTarget(target, effortOf(options)).finally(() => target.stop());
  for (const line of reportOf(rounds)) note(line);
  const ratios = ratiosOf(name, rounds);
  for (const { bar, rounds: each } of ratios) {
    if (each.every(Number.isFinite)) note(`  ${bar.what.padEnd(38)} ${shown(spreadOf(each))}`);
  }
  return ratios;
};

const effortOf = ({ rounds, quick }: BenchOptions): Effort =>
  quick ? { rounds, samples: 100, throughputMs: 800 } : { rounds, samples: 1000, throughputMs: 4000 };

const p50 = (round: Round, action: Action): number => quantile(round.latencies.get(action) ?? [], 0.5);

const ratiosOf = (target: string, rounds: readonly Round[]): readonly Judged[] => [
  { target, bar: APPEND_BAR, rounds: rounds.map((round) => p50(round, 'append') / p50(round, 'bare')) },
  { target, bar: BARRIER_BAR, rounds: rounds.map((round) => p50(round, 'barrier') / p50(round, 'bare')) },
  {
    target,
    bar: MANY_BAR,
    rounds: rounds.map(({ perSecond }) => (perSecond.get(64) ?? Number.NaN) / (perSecond.get(1) ?? Number.NaN)),
  },
];

/** Median over the rounds, with the least and the greatest round. */
const reportOf = (rounds: readonly Round[]): readonly string[] => [
  `  ${'milliseconds'.padEnd(14)} ${'samples'.padStart(7)}  ${'p50'.padEnd(24)} p99`,
  ...ACTIONS.flatMap((action) => {
    const all = rounds.map((round) => round.latencies.get(action) ?? []);
    const samples = all.reduce((sum, one) => sum + one.length, 0);
    if (samples === 0) return [];
    const [middle, high] = [0.5, 0.99].map((q) => shown(spreadOf(all.map((one) => quantile(one, q)))));
    return [`  ${action.padEnd(14)} ${String(samples).padStart(7)}  ${middle?.padEnd(24)} ${high}`];
  }),
  ...CALLERS.map((callers) => {
    const rates = spreadOf(rounds.map(({ perSecond }) => perSecond.get(callers) ?? Number.NaN));
    return `  ${`${callers} appender${callers === 1 ? '' : 's'}`.padEnd(14)} ${shown(rates, 0)} events/s`;
  }),
];
