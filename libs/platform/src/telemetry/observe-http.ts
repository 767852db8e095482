import type { INestApplication } from '@nestjs/common';
import { type Attributes, SpanKind, SpanStatusCode, context, trace } from '@opentelemetry/api';
import { recordValue } from './meters';
import { type SpanFacts, startSpan, tell } from './spans';
import { contextOf, parseTraceparent } from './trace-context';

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Set by Express when a route has taken the request. */
  readonly route?: { readonly path?: unknown };
}

interface Answering {
  readonly statusCode: number;
  once(event: 'close', listener: () => void): unknown;
}

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/**
 * A server's span and a duration for each request but those of probes, in the trace that `traceparent` names. Of the
 * address only the route is told (`/v1/codes/:id`), never the path: strangers put things into paths.
 */
export const observeHttp = (app: Pick<INestApplication, 'use'>): void => {
  app.use((request: Asked, response: Answering, next: () => void) => {
    if (request.path.startsWith('/health/')) return next();
    const begunAtMs = performance.now();
    const method = METHODS.has(request.method) ? request.method : '_OTHER';
    const parent = contextOf(parseTraceparent(request.headers['traceparent']));
    const span = startSpan(method, { kind: SpanKind.SERVER, parent, facts: { 'http.request.method': method } });
    response.once('close', () => {
      const facts = answerOf(request, response);
      if (facts['http.route'] !== undefined) span.updateName(`${method} ${facts['http.route']}`);
      tell(span, facts);
      if (response.statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
      const attributes: Attributes = { 'http.request.method': method, ...facts };
      recordValue('http.server.request.duration', (performance.now() - begunAtMs) / 1000, attributes);
    });
    context.with(trace.setSpan(parent, span), next);
  });
};

const answerOf = ({ route }: Asked, { statusCode }: Answering): SpanFacts => ({
  'http.response.status_code': statusCode,
  ...(typeof route?.path === 'string' ? { 'http.route': route.path } : {}),
  ...(statusCode >= 500 ? { 'error.type': String(statusCode) } : {}),
});
