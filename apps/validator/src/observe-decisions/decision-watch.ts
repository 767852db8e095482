import { type Span, SpanKind } from '@opentelemetry/api';
import {
  Counts, type Observed, asApiError, asksForSpans, contextOf, endFailed, histogramOf, parseTraceparent, startSpan, tell,
  traceparentOf,
} from '@openclaw/platform'; // prettier-ignore
import type { Decision } from '../validate-code/decision';
import type { UseRequest } from '../validate-code/use-request';

const METHOD = 'openclaw.validator.v1.ValidatorService/Validate';
const ALLOWED = '';

/** One use under watch: `use` is what to judge, with the span that its record names as its cause. */
export interface Watched {
  readonly use: UseRequest;
  readonly span: Span | undefined;
  readonly begunAtMs: number;
}

/**
 * Counts and times every decision, and makes a span for those whose caller samples its trace: nobody else's, because
 * this is the hot path. Counts are a map and two additions; the exporter reads them when it exports. Make it after the
 * start of telemetry.
 */
export class DecisionWatch {
  readonly #decisions = new Counts();
  readonly #noDecisions = new Counts();
  readonly #duration = histogramOf('openclaw.validator.decision.duration');

  begin(use: UseRequest): Watched {
    const begunAtMs = performance.now();
    if (!asksForSpans(use.traceparent)) return { use, span: undefined, begunAtMs };
    const parent = contextOf(parseTraceparent(use.traceparent));
    const facts = { 'rpc.system.name': 'grpc', 'rpc.method': METHOD } as const;
    const span = startSpan(METHOD, { kind: SpanKind.SERVER, parent, facts });
    return { use: { ...use, traceparent: traceparentOf(span) ?? use.traceparent }, span, begunAtMs };
  }

  decided({ span, begunAtMs }: Watched, { allowed, reason, position, freshnessAgeMs }: Decision): void {
    this.#decisions.add(reason ?? ALLOWED);
    this.#duration.record((performance.now() - begunAtMs) / 1000);
    if (span === undefined) return;
    tell(span, {
      'openclaw.outcome': allowed ? 'allowed' : 'denied',
      'openclaw.log.position': position,
      'openclaw.freshness.age_ms': freshnessAgeMs,
      ...(reason === undefined ? {} : { 'openclaw.denial.reason': reason }),
    });
    span.end();
  }

  /** Without `watched`: it was refused before it came to a judgement. */
  undecided(error: unknown, watched?: Watched): void {
    this.#noDecisions.add(asApiError(error).code);
    if (watched?.span !== undefined) endFailed(watched.span, error);
  }

  decisions(): readonly Observed[] {
    return this.#decisions.read((reason) =>
      reason === ALLOWED
        ? { 'openclaw.outcome': 'allowed' }
        : { 'openclaw.outcome': 'denied', 'openclaw.denial.reason': reason },
    );
  }

  noDecisions(): readonly Observed[] {
    return this.#noDecisions.read((code) => ({ 'error.type': code }));
  }
}
