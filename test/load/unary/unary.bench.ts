import { missingH2load } from '../../e2e/tools/h2load';
import type { BenchOptions } from '../bench-options';
import { type Load, type Loaded, h2load, useOf } from '../grpc/h2load';
import { SERVER_CORE, ServedProcess, unpinnable } from '../grpc/served-process';
import { shown, spreadOf } from '../statistics';
import { type Bar, type Verdict, judgeBench } from '../verdict';

const CALLS = 60_000;
const CALLS_QUICK = 10_000;
const SOURCE = 'docs/reference/benchmarks.md';
const RATE_BAR: Bar = {
  what: 'calls/s, whole validator / grpc-js hello',
  limit: 1.5,
  holds: 'at least',
  source: SOURCE,
};
const P99_BAR: Bar = { what: 'p99, whole validator / grpc-js hello', limit: 1, holds: 'at most', source: SOURCE };

/** 32 calls in flight: four callers with eight each. */
const IN_FLIGHT = { connections: 4, streams: 8 };

interface Round {
  readonly hello: Loaded;
  readonly plain: Loaded;
  readonly limited: Loaded;
}

/**
 * Unary calls of the whole validator (callers, lease, limits of codes, spool with fsync, watch) next to a grpc-js server
 * that does nothing but answer in the same proto; each server alone on one core, h2load on the other.
 */
export const unaryBench = async ({ rounds, quick, note }: BenchOptions): Promise<Verdict> => {
  const missing = missingH2load() ?? unpinnable();
  if (missing !== undefined) return judgeBench('unary', [], [missing]);
  const calls = quick ? CALLS_QUICK : CALLS;
  const hello = await ServedProcess.start('grpc-js', SERVER_CORE);
  const validator = await ServedProcess.start('validator', SERVER_CORE);
  try {
    const load = (served: ServedProcess, code: string): Promise<Loaded> => {
      const order: Load = { method: 'Validate', messages: [useOf(code)], ...IN_FLIGHT, calls };
      return h2load(served, order);
    };
    const round = async (): Promise<Round> => ({
      hello: await load(hello, hello.ready.plain),
      plain: await load(validator, validator.ready.plain),
      limited: await load(validator, validator.ready.limited),
    });
    await round(); // warms up
    const before = await validator.records();
    const measured: Round[] = [];
    for (let i = 0; i < rounds; i += 1) measured.push(await round());
    const failures = await failuresOf(validator, before.recorded, measured);
    for (const line of reportOf(measured)) note(line);
    return judgeBench('unary', judgedOf(measured), failures);
  } finally {
    await Promise.all([hello.stop(), validator.stop()]);
  }
};

/** Every call must have been answered, allowed and recorded: a fast no is not what was measured. */
const failuresOf = async (
  served: ServedProcess,
  before: number,
  rounds: readonly Round[],
): Promise<readonly string[]> => {
  const asked = rounds.reduce((sum, { plain, limited }) => sum + plain.calls + limited.calls, 0);
  const failed = rounds.flatMap((round) => Object.values(round) as Loaded[]).reduce((sum, one) => sum + one.failed, 0);
  let seen = await served.records();
  for (let tries = 0; tries < 100 && seen.backlog > 0; tries += 1) seen = await served.records();
  const recorded = seen.recorded - before;
  return [
    ...(failed > 0 ? [`${failed} calls failed`] : []),
    ...(recorded === asked ? [] : [`${asked} calls were answered and ${recorded} decisions recorded`]),
    ...(seen.refused > 0 ? [`${seen.refused} uses were refused`] : []),
  ];
};

const judgedOf = (rounds: readonly Round[]) => {
  const worse = ({ plain, limited }: Round): Loaded => (plain.perSecond < limited.perSecond ? plain : limited);
  const target = 'validator';
  return [
    { target, bar: RATE_BAR, rounds: rounds.map((round) => worse(round).perSecond / round.hello.perSecond) },
    { target, bar: P99_BAR, rounds: rounds.map((round) => worse(round).p99Ms / round.hello.p99Ms) },
  ];
};

const reportOf = (rounds: readonly Round[]): readonly string[] =>
  (['hello', 'plain', 'limited'] as const).map((which) => {
    const of = (field: keyof Loaded): string => shown(spreadOf(rounds.map((round) => round[which][field])), 1);
    const name = { hello: 'grpc-js hello', plain: 'validator', limited: 'validator, rate-limited code' }[which];
    return `  ${name.padEnd(30)} ${of('perSecond')} calls/s, p50 ${of('p50Ms')} p99 ${of('p99Ms')} ms, CPU ${of('cpuUs')} us a call`;
  });
