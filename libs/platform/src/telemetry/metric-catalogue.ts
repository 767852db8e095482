import type { MetricOptions } from '@opentelemetry/api';

/** A sum only grows; a gauge is read at each export; a histogram takes one value for each thing that happens. */
export interface MetricForm extends MetricOptions {
  readonly kind: 'histogram' | 'counter' | 'gauge';
  readonly unit: string;
  readonly description: string;
}

const QUICK_S = [0.000_05, 0.0001, 0.000_25, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1];
const SLOW_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15];

const histogram = (unit: string, description: string, explicitBucketBoundaries: number[]) =>
  ({ kind: 'histogram', unit, description, advice: { explicitBucketBoundaries } }) as const;
const counter = (unit: string, description: string) => ({ kind: 'counter', unit, description }) as const;
const gauge = (unit: string, description: string) => ({ kind: 'gauge', unit, description }) as const;

/**
 * Every metric there is. What is not in here cannot be recorded; docs/reference/metrics.md says the same for people,
 * and a test compares the two. No attribute has more values than the code, a deployment's topics or its routes name.
 */
export const METRICS = {
  'http.server.request.duration': histogram('s', 'Time to answer a REST request', SLOW_S),
  'rpc.server.call.duration': histogram('s', 'Time to answer a gRPC call of an operator', SLOW_S),
  'openclaw.log.append.duration': histogram('s', 'Time until an append was read back and its head known', SLOW_S),
  'openclaw.validator.decisions': counter('{decision}', 'Decisions given, by outcome and reason'),
  'openclaw.validator.no_decisions': counter('{request}', 'Requests that got no decision, by error code'),
  'openclaw.validator.decision.duration': histogram('s', 'Time from request to decision, its record kept', QUICK_S),
  'openclaw.validator.freshness.age': gauge('s', 'How old the state may be that decisions are made of'),
  'openclaw.validator.lease.held': gauge('1', '1 while the validator holds a lease and decides, else 0'),
  'openclaw.validator.lease.lapses': counter('{lapse}', 'Times that the lease ended before it was renewed'),
  'openclaw.validator.codes': gauge('{code}', 'Codes in memory, ended ones too'),
  'openclaw.usage.spool.records': gauge('{record}', 'Decisions that the log has not acknowledged yet'),
  'openclaw.usage.producers': gauge('{producer}', 'Producers of usage records, by what the audit can say of them'),
  'openclaw.projection.position': gauge('{record}', 'Last position of the log that a projection has handled'),
  'openclaw.projection.lag': gauge('{record}', 'Records of the log that a projection has not handled yet'),
  'openclaw.projection.lag.duration': gauge('s', 'How long a projection has been behind; 0 when it is not'),
  'openclaw.projection.quarantined': gauge('{record}', 'Records that a projection could not fold and keeps apart'),
  'openclaw.anomaly.alerts': counter('{alert}', 'Alerts raised, by rule'),
} as const satisfies Readonly<Record<string, MetricForm>>;

export type MetricName = keyof typeof METRICS;
type OfKind<Kind> = { [Name in MetricName]: (typeof METRICS)[Name]['kind'] extends Kind ? Name : never }[MetricName];
export type HistogramName = OfKind<'histogram'>;
/** Read at each export. */
export type ObservedName = OfKind<'counter' | 'gauge'>;
