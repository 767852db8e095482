import {
  type Attributes,
  type Context,
  type Link,
  type Span,
  type SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { redact } from '../logging/redact';

/**
 * Everything that a span may say: names of OpenTelemetry's semantic conventions (messaging, RPC and CloudEvents are not
 * stable there) and ours. A closed list, so that no payload, path or header gets into a trace by the way.
 */
export interface SpanFacts {
  readonly 'messaging.system'?: 'openclaw';
  readonly 'messaging.operation.name'?: 'send' | 'process';
  readonly 'messaging.operation.type'?: 'send' | 'process';
  readonly 'messaging.destination.name'?: string;
  readonly 'messaging.destination.partition.id'?: string;
  readonly 'messaging.consumer.group.name'?: string;
  readonly 'cloudevents.event_id'?: string;
  readonly 'cloudevents.event_type'?: string;
  readonly 'http.request.method'?: string;
  readonly 'http.route'?: string;
  readonly 'http.response.status_code'?: number;
  readonly 'rpc.system.name'?: 'grpc';
  readonly 'rpc.method'?: string;
  readonly 'error.type'?: string;
  readonly 'openclaw.outcome'?: string;
  readonly 'openclaw.denial.reason'?: string;
  readonly 'openclaw.log.position'?: number;
  readonly 'openclaw.freshness.age_ms'?: number;
}

export interface SpanStart {
  readonly kind: SpanKind;
  readonly parent: Context;
  readonly facts: SpanFacts;
  readonly links?: readonly Link[];
}

/** A span; while telemetry is off, one that only passes the caller's trace on. */
export const startSpan = (name: string, { kind, parent, facts, links = [] }: SpanStart): Span => {
  const span = trace.getTracer('openclaw').startSpan(name, { kind, links: [...links] }, parent);
  tell(span, facts);
  return span;
};

export const tell = (span: Span, facts: SpanFacts): void => {
  if (span.isRecording()) span.setAttributes(redacted(facts));
};

/** Ends a span as failed: by the class of the fault, never its text, which may hold a value. */
export const endFailed = (span: Span, error: unknown): void => {
  tell(span, { 'error.type': error instanceof Error ? error.name : typeof error });
  span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
};

const redacted = (facts: SpanFacts): Attributes =>
  Object.fromEntries(
    Object.entries(facts).map(([name, value]: [string, string | number]) => [
      name,
      typeof value === 'string' ? redact(value) : value,
    ]),
  );
