import { type ExecutionContext, createParamDecorator } from '@nestjs/common';
import type { Metadata, ServerUnaryCall } from '@grpc/grpc-js';
import { ApiError } from '../http/api-error';
import { type RoutedRequest, clientIp, forwardedIp } from '../http/client-ip';
import type { Principal } from './operator-directory';

/** What a call says of itself besides what it asks for, whatever it came over; nothing of it is checked yet. */
export interface AskedCall {
  readonly authorization: string | undefined;
  /** Undefined: the connection is gone. */
  readonly sourceIp: string | undefined;
  readonly idempotencyKey: string | undefined;
  /** The revision that the caller has seen, `any`, or undefined when he says nothing about it. */
  readonly expectedRevision: number | 'any' | undefined;
  readonly traceparent: string | undefined;
  readonly requestId: string | undefined;
}

/** One call of an authenticated operator, over REST or gRPC: what every use case takes besides its input. */
export interface OperatorCall extends Omit<AskedCall, 'authorization'> {
  readonly principal: Principal;
}

/** The call's own object, which lives as long as the call: the request of Express, or the call of grpc-js. */
type Carrier = HttpRequest | GrpcCall;
type HttpRequest = RoutedRequest & { readonly headers: Readonly<Record<string, string | undefined>> };
type GrpcCall = Pick<ServerUnaryCall<unknown, unknown>, 'metadata' | 'getPeer' | 'request'>;

const CALLS = new WeakMap<Carrier, OperatorCall>();

/** For the guard: what was asked, before anybody is authenticated. `trusted` = proxies that are believed. */
export const askedCall = (context: ExecutionContext, trusted: readonly string[]): AskedCall =>
  context.getType() === 'rpc' ? overGrpc(grpcCallOf(context), trusted) : overHttp(httpRequestOf(context));

/** For the guard: from now on the handler of this call may ask who calls. */
export const admit = (context: ExecutionContext, { authorization: _, ...asked }: AskedCall, principal: Principal) =>
  void CALLS.set(carrierOf(context), { ...asked, principal });

/** The operator's call as a parameter of a controller's method. Throws where no guard has admitted anybody. */
export const FromOperator = createParamDecorator((_: unknown, context: ExecutionContext): OperatorCall => {
  const call = CALLS.get(carrierOf(context));
  if (call === undefined) throw new ApiError('openclaw.caller.unauthenticated');
  return call;
});

const httpRequestOf = (context: ExecutionContext): HttpRequest => context.switchToHttp().getRequest<HttpRequest>();
/** Nest's gRPC transport calls with message, metadata and call. */
const grpcCallOf = (context: ExecutionContext): GrpcCall => context.getArgByIndex<GrpcCall>(2);
const carrierOf = (context: ExecutionContext): Carrier =>
  context.getType() === 'rpc' ? grpcCallOf(context) : httpRequestOf(context);

const overHttp = (request: HttpRequest): AskedCall => {
  const { headers } = request;
  return {
    authorization: headers['authorization'],
    sourceIp: clientIp(request),
    idempotencyKey: headers['idempotency-key'],
    expectedRevision: ofIfMatch(headers['if-match']),
    traceparent: headers['traceparent'],
    requestId: headers['x-request-id'],
  };
};

const overGrpc = (call: GrpcCall, trusted: readonly string[]): AskedCall => ({
  authorization: first(call.metadata, 'authorization'),
  sourceIp: forwardedIp(call.getPeer(), first(call.metadata, 'x-forwarded-for'), trusted),
  ...saidIn(call.request),
  traceparent: first(call.metadata, 'traceparent'),
  requestId: first(call.metadata, 'x-request-id'),
});

const first = (metadata: Metadata, name: string): string | undefined => {
  const [value] = metadata.get(name);
  return typeof value === 'string' ? value : undefined;
};

/** Members that every write of our protos has; an absent one is empty (proto3), and revision 0 is "whatever it is". */
const saidIn = (message: unknown): Pick<AskedCall, 'idempotencyKey' | 'expectedRevision'> => {
  const said = typeof message === 'object' && message !== null ? message : {};
  const key = 'idempotencyKey' in said && typeof said.idempotencyKey === 'string' ? said.idempotencyKey : '';
  const revision = 'expectedRevision' in said && typeof said.expectedRevision === 'number' ? said.expectedRevision : 0;
  return { idempotencyKey: key === '' ? undefined : key, expectedRevision: revision === 0 ? 'any' : revision };
};

const ETAG = /^"(\d{1,10})"$/;

/** No revision is -1: an `If-Match` that is none of our ETags matches nothing. */
const ofIfMatch = (header: string | undefined): AskedCall['expectedRevision'] => {
  if (header === undefined) return undefined;
  return header === '*' ? 'any' : Number(ETAG.exec(header)?.[1] ?? -1);
};
