import { generateCode } from '@openclaw/contracts';
import { missingH2load } from '../../e2e/tools/h2load';
import type { BenchOptions } from '../bench-options';
import { type Load, type Loaded, h2load, useOf } from '../grpc/h2load';
import { SERVER_CORE, ServedProcess, unpinnable } from '../grpc/served-process';
import { shown, spreadOf } from '../statistics';
import { type Bar, type Verdict, judgeBench } from '../verdict';

const WARM_UPS = 3;
const SECONDS = 6;
const SECONDS_QUICK = 2;
const HEALTHY_PER_SECOND = 200;
const BAD_PER_SECOND = 12_000;
const BAD_MIN = 10_000;
const SOURCE = 'docs/reference/benchmarks.md';
const P99_BAR: Bar = {
  what: 'p99 of healthy callers, under abuse / quiet',
  limit: 3,
  holds: 'at most',
  source: SOURCE,
};
const RSS_BAR: Bar = { what: 'resident memory, after abuse / before', limit: 1.2, holds: 'at most', source: SOURCE };

interface Round {
  readonly quiet: Loaded;
  readonly healthy: Loaded;
  readonly bad: Loaded;
  readonly rssRatio: number;
}

/**
 * What strangers with codes that do not exist do to those with good ones: healthy callers at a steady rate, alone and
 * then beside a flood of at least 10,000 bad codes a second, on the same connection-wise separate callers of one
 * validator on one core.
 */
export const abuseBench = async ({ rounds, quick, note }: BenchOptions): Promise<Verdict> => {
  const missing = missingH2load() ?? unpinnable();
  if (missing !== undefined) return judgeBench('abuse', [], [missing]);
  const served = await ServedProcess.start('validator', SERVER_CORE);
  try {
    const seconds = quick ? SECONDS_QUICK : SECONDS;
    const healthy: Load = {
      method: 'Validate',
      messages: [useOf(served.ready.plain)],
      ...{ connections: 1, streams: 8, seconds, perSecond: HEALTHY_PER_SECOND },
    };
    const bad = (): Load => ({
      method: 'Validate',
      messages: [useOf(generateCode())],
      ...{ connections: 4, streams: 64, seconds, perSecond: BAD_PER_SECOND / 4 },
    });
    // Warms up until code, heap and buffers are what they stay.
    for (let i = 0; i < WARM_UPS; i += 1) await Promise.all([h2load(served, healthy), h2load(served, bad())]);
    const measured: Round[] = [];
    for (let i = 0; i < rounds; i += 1) measured.push(await roundOf(served, healthy, bad()));
    for (const line of reportOf(measured)) note(line);
    const tooFew = measured.filter((round) => round.bad.perSecond < BAD_MIN).length;
    return judgeBench(
      'abuse',
      [
        { target: 'validator', bar: P99_BAR, rounds: measured.map((round) => round.healthy.p99Ms / round.quiet.p99Ms) },
        { target: 'validator', bar: RSS_BAR, rounds: measured.map((round) => round.rssRatio) },
      ],
      tooFew > 0 ? [`in ${tooFew} rounds fewer than ${BAD_MIN} bad codes a second were answered`] : [],
    );
  } finally {
    await served.stop();
  }
};

const roundOf = async (served: ServedProcess, healthy: Load, bad: Load): Promise<Round> => {
  const quiet = await h2load(served, healthy);
  const before = served.rssBytes();
  const [under, flood] = await Promise.all([h2load(served, healthy), h2load(served, bad)]);
  return { quiet, healthy: under, bad: flood, rssRatio: served.rssBytes() / before };
};

const reportOf = (rounds: readonly Round[]): readonly string[] => {
  const of = (values: (round: Round) => number): string => shown(spreadOf(rounds.map(values)), 1);
  return [
    `  healthy, quiet      p50 ${of(({ quiet }) => quiet.p50Ms)} p99 ${of(({ quiet }) => quiet.p99Ms)} ms`,
    `  healthy, abused     p50 ${of(({ healthy }) => healthy.p50Ms)} p99 ${of(({ healthy }) => healthy.p99Ms)} ms`,
    `  bad codes           ${of(({ bad }) => bad.perSecond)} a second, CPU ${of(({ bad }) => bad.cpuUs)} us each`,
  ];
};
