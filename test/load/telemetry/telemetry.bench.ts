import { createSecretKey, randomBytes } from 'node:crypto';
import { generateCode, pepper, secretOf } from '@openclaw/contracts';
import { positionAt } from '@openclaw/event-log';
import { createLogger, startTelemetry } from '@openclaw/platform';
import { DecisionWatch } from '../../../apps/validator/src/observe-decisions/decision-watch';
import type { Decision } from '../../../apps/validator/src/validate-code/decision';
import type { UseRequest } from '../../../apps/validator/src/validate-code/use-request';
import { OtlpReceiver } from '../../e2e/telemetry/otlp-receiver';
import type { BenchOptions } from '../bench-options';
import { shown, spreadOf } from '../statistics';
import { type Bar, type Verdict, judgeBench } from '../verdict';

const SOURCE = 'docs/reference/benchmarks.md';
const OFF_BAR: Bar = { what: 'watch, telemetry off / hash', limit: 0.25, holds: 'at most', source: SOURCE };
const ON_BAR: Bar = { what: 'watch, telemetry on / hash', limit: 0.5, holds: 'at most', source: SOURCE };

const USE: UseRequest = {
  code: '',
  scope: { service: 's', resource: 'r', action: 'a' },
  sourceIp: '10.0.0.1',
  endpoint: '',
  requestId: '',
  claimId: 'c',
  traceparent: '',
};
const DECISION: Decision = {
  allowed: true,
  reason: undefined,
  code: undefined,
  logId: 'log',
  position: positionAt(7),
  decidedAtMs: 0,
  freshnessAgeMs: 12,
  remainingUses: undefined,
  remainingRate: undefined,
  rateResetsAtMs: undefined,
  retryAfterMs: undefined,
};
const TRACE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-';

/**
 * What counting, timing and tracing add to one decision, next to the hash of the code that every decision needs: with
 * telemetry off and on, for callers without a trace, with one that is not sampled, and with one that is.
 */
export const telemetryBench = async ({ rounds, quick, note }: BenchOptions): Promise<Verdict> => {
  const times = quick ? 20_000 : 400_000;
  const code = generateCode();
  const key = pepper('bench', createSecretKey(randomBytes(32)));
  const hash = measured(rounds, times / 4, () => secretOf(code, key));
  note(`nanoseconds a decision, median of ${rounds} rounds (least to greatest)`);
  note(`  ${'hash of the code'.padEnd(34)} ${shown(spreadOf(hash), 0)}`);
  const off = watched('off', { rounds, times, note });
  const receiver = await OtlpReceiver.start();
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' };
  Object.assign(process.env, env); // the SDK reads it there
  const telemetry = await startTelemetry('bench', env, createLogger('bench'));
  const on = watched('on', { rounds, times, note });
  await telemetry.close();
  await receiver.close();
  const ratio = (ns: readonly number[]): readonly number[] => ns.map((one, round) => one / (hash[round] ?? Number.NaN));
  return judgeBench('telemetry', [
    { target: 'validator', bar: OFF_BAR, rounds: ratio(off) },
    { target: 'validator', bar: ON_BAR, rounds: ratio(on) },
  ]);
};

interface Effort extends Pick<BenchOptions, 'rounds' | 'note'> {
  readonly times: number;
}

/** Prints all three kinds of callers; answers those without a trace. */
const watched = (state: string, { rounds, times, note }: Effort): readonly number[] => {
  const of = (traceparent: string, count: number): readonly number[] => {
    const watch = new DecisionWatch();
    const use = { ...USE, traceparent };
    return measured(rounds, count, () => watch.decided(watch.begin(use), DECISION));
  };
  const [none, unsampled, sampled] = [of('', times), of(`${TRACE}00`, times), of(`${TRACE}01`, times / 10)];
  note(`  ${`telemetry ${state}, no trace`.padEnd(34)} ${shown(spreadOf(none), 0)}`);
  note(`  ${`telemetry ${state}, trace not sampled`.padEnd(34)} ${shown(spreadOf(unsampled), 0)}`);
  note(`  ${`telemetry ${state}, trace sampled`.padEnd(34)} ${shown(spreadOf(sampled), 0)}`);
  return none;
};

/** Nanoseconds of one call in each round, after one to warm up. */
const measured = (rounds: number, times: number, work: () => void): readonly number[] =>
  Array.from({ length: rounds + 1 }, () => {
    const begunAtMs = performance.now();
    for (let i = 0; i < times; i += 1) work();
    return ((performance.now() - begunAtMs) * 1e6) / times;
  }).slice(1);
