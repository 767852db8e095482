import { missingH2load } from '../../e2e/tools/h2load';
import type { BenchOptions } from '../bench-options';
import { type Load, type Loaded, h2load, useOf } from '../grpc/h2load';
import { SERVER_CORE, ServedProcess, unpinnable } from '../grpc/served-process';
import { shown, spreadOf } from '../statistics';
import { type Bar, type Verdict, judgeBench } from '../verdict';

/** Uses in one message, and messages in one stream. */
const BATCH = 256;
const MESSAGES = 32;
const SECONDS = 3;
const SECONDS_QUICK = 1;
const SOURCE = 'docs/reference/benchmarks.md';
const STREAM_BAR: Bar = {
  what: 'checks/s of one caller, streamed / unary',
  limit: 15,
  holds: 'at least',
  source: SOURCE,
};
const BATCH_BAR: Bar = {
  what: 'checks/s of one caller, batched / unary',
  limit: 15,
  holds: 'at least',
  source: SOURCE,
};

/** Checks a second, and processor time of a check. */
interface Checked {
  readonly perSecond: number;
  readonly cpuUs: number;
  readonly failed: number;
}

const KINDS = ['unary', 'unary32', 'batched', 'streamed'] as const;
type Round = Readonly<Record<(typeof KINDS)[number], Checked>>;

const NAME: Readonly<Record<(typeof KINDS)[number], string>> = {
  unary: 'unary, one call in flight',
  unary32: 'unary, 32 calls in flight',
  batched: `ValidateBatch of ${BATCH}, one in flight`,
  streamed: `ValidateStream of ${MESSAGES} x ${BATCH}, one in flight`,
};

/**
 * What a caller gains who sends its checks in batches or on a stream, next to the same caller with a call for each: the
 * whole validator on one core, h2load on the other. Unary with 32 calls in flight is printed, too: there the cost of a
 * call is all that batches save, because the disk's time is shared already.
 */
export const streamBench = async ({ rounds, quick, note }: BenchOptions): Promise<Verdict> => {
  const missing = missingH2load() ?? unpinnable();
  if (missing !== undefined) return judgeBench('stream', [], [missing]);
  const served = await ServedProcess.start('validator', SERVER_CORE);
  try {
    const use = useOf(served.ready.plain);
    const requests = Array.from({ length: BATCH }, () => use);
    const seconds = quick ? SECONDS_QUICK : SECONDS;
    const one = { connections: 1, streams: 1, seconds };
    const many = { connections: 4, streams: 8, seconds };
    const messages = Array.from({ length: MESSAGES }, (_, batchId) => ({ batchId, requests }));
    const round = async (): Promise<Round> => ({
      unary: await checked(served, { method: 'Validate', messages: [use], ...one }, 1),
      unary32: await checked(served, { method: 'Validate', messages: [use], ...many }, 1),
      batched: await checked(served, { method: 'ValidateBatch', messages: [{ requests }], ...one }, BATCH),
      streamed: await checked(served, { method: 'ValidateStream', messages, ...one }, BATCH * MESSAGES),
    });
    await round(); // warms up
    const measured: Round[] = [];
    for (let i = 0; i < rounds; i += 1) measured.push(await round());
    for (const line of reportOf(measured)) note(line);
    const ratio = (kind: 'batched' | 'streamed') => measured.map((its) => its[kind].perSecond / its.unary.perSecond);
    const { refused } = await served.records();
    const failed = measured
      .flatMap((its) => KINDS.map((kind) => its[kind].failed))
      .reduce((sum, count) => sum + count, 0);
    return judgeBench(
      'stream',
      [
        { target: 'validator', bar: STREAM_BAR, rounds: ratio('streamed') },
        { target: 'validator', bar: BATCH_BAR, rounds: ratio('batched') },
      ],
      refused + failed > 0 ? [`${refused} uses were refused and ${failed} calls failed`] : [],
    );
  } finally {
    await served.stop();
  }
};

const checked = async (served: ServedProcess, load: Load, checksOfCall: number): Promise<Checked> => {
  const { perSecond, cpuUs, failed }: Loaded = await h2load(served, load);
  return { perSecond: perSecond * checksOfCall, cpuUs: cpuUs / checksOfCall, failed };
};

const reportOf = (rounds: readonly Round[]): readonly string[] =>
  KINDS.map((kind) => {
    const of = (field: keyof Checked): string => shown(spreadOf(rounds.map((round) => round[kind][field])), 1);
    return `  ${NAME[kind].padEnd(46)} ${of('perSecond')} checks/s, CPU ${of('cpuUs')} us a check`;
  });
