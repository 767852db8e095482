import type { Metadata, ServerUnaryCall } from '@grpc/grpc-js';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { type GrpcStatus, errorForm } from '@openclaw/contracts';
import { SpanKind, SpanStatusCode, context, trace } from '@opentelemetry/api';
import { type Observable, tap } from 'rxjs';
import { asApiError } from '../http/api-error';
import { recordValue } from './meters';
import { startSpan, tell } from './spans';
import { contextOf, parseTraceparent } from './trace-context';

/** A refusal is no fault of the server (semantic conventions of RPC): only these statuses are. */
const FAULTS: readonly GrpcStatus[] = ['INTERNAL', 'UNAVAILABLE', 'DATA_LOSS', 'DEADLINE_EXCEEDED'];

/** A server's span and a duration for each gRPC call of an operator, in the trace that its metadata names. */
export class ObserveGrpc implements NestInterceptor {
  intercept(at: ExecutionContext, next: CallHandler): Observable<unknown> {
    const begunAtMs = performance.now();
    const [traceparent] = at.getArgByIndex<Metadata>(1).get('traceparent');
    const parent = contextOf(parseTraceparent(typeof traceparent === 'string' ? traceparent : undefined));
    const method = at.getArgByIndex<Pick<ServerUnaryCall<unknown, unknown>, 'getPath'>>(2).getPath().slice(1);
    const facts = { 'rpc.system.name': 'grpc', 'rpc.method': method } as const;
    const span = startSpan(method, { kind: SpanKind.SERVER, parent, facts });
    const end = (status: GrpcStatus): void => {
      if (FAULTS.includes(status)) {
        tell(span, { 'error.type': status });
        span.setStatus({ code: SpanStatusCode.ERROR });
      }
      span.end();
      const attributes = { ...facts, 'rpc.response.status_code': status };
      recordValue('rpc.server.call.duration', (performance.now() - begunAtMs) / 1000, attributes);
    };
    const answer = context.with(trace.setSpan(parent, span), () => next.handle());
    return answer.pipe(
      tap({ complete: () => end('OK'), error: (error) => end(errorForm(asApiError(error).code).grpc) }),
    );
  }
}
