import {
  type Context, ROOT_CONTEXT, type Span, type SpanContext, TraceFlags, isSpanContextValid, trace,
} from '@opentelemetry/api'; // prettier-ignore

/** W3C Trace Context, any version: the four fields that every version begins with. */
const TRACEPARENT = /^(?!ff)([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** The caller's span out of a `traceparent`; undefined when it is none, which is no fault of the request. */
export const parseTraceparent = (text: string | undefined): SpanContext | undefined => {
  const found = TRACEPARENT.exec(text ?? '');
  if (found === null) return undefined;
  const [, , traceId = '', spanId = '', flags = ''] = found;
  const at: SpanContext = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
  return isSpanContextValid(at) ? at : undefined;
};

export const isSampled = ({ traceFlags }: SpanContext): boolean => (traceFlags & TraceFlags.SAMPLED) !== 0;

/** Whether a `traceparent` asks for spans; cheap, for paths on which most requests do not. */
export const asksForSpans = (text: string): boolean => {
  if (text === '') return false;
  const at = parseTraceparent(text);
  return at !== undefined && isSampled(at);
};

const printTraceparent = ({ traceId, spanId, traceFlags }: SpanContext): string =>
  `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;

/** The `traceparent` that names a span; undefined when there is no trace. */
export const traceparentOf = (span: Span | undefined): string | undefined => {
  const at = span?.spanContext();
  return at === undefined || !isSpanContextValid(at) ? undefined : printTraceparent(at);
};

/** A context in which new spans are children of the span that `at` names. */
export const contextOf = (at: SpanContext | undefined): Context =>
  at === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, at);
