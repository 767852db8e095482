import type { TlsOptions } from 'node:tls';
import type { Http2Connection } from '../http2/connection';
import { Http2Listener } from '../http2/http2-listener';
import type { Http2Limits } from '../http2/limits';
import type { RequestHead } from '../http2/request-head.parser';
import type { Http2Stream, StreamHandler } from '../http2/stream';
import type { CallOrigin, CallParts } from './call';
import { Deadlines } from './deadlines';
import { type JsMethod, jsHandler, jsStream, jsUnary } from './grpc-js-methods';
import { RefusedRequest, httpRefusal, refuseMethod } from './refused-stream';
import { GrpcError, type GrpcStatus } from './status';
import { type GrpcStream, StreamCall, type StreamListener } from './stream-call';
import { type Codec, UnaryCall, type UnaryHandler } from './unary-call';

export interface GrpcServerOptions {
  /** Certificate, key and clients' authority; undefined: plain text. */
  readonly tls?: TlsOptions | undefined;
  readonly limits?: Partial<Http2Limits>;
  /** Bytes of the largest message that is taken. */
  readonly messageBytesMax?: number;
  /** How long a unary call may take, whatever its client allows. */
  readonly unaryMsMax?: number;
  /** Any thrown thing as the status of its call; what is thrown may hold what nobody is to read. */
  readonly statusOf: (thrown: unknown) => GrpcStatus;
}

/** A method and how its messages are written; a method definition of proto-loader fits. */
export interface MethodDefinition<Request, Response> extends Codec<Request, Response> {
  /** `/package.Service/Method`. */
  readonly path: string;
}

type Begin = (stream: Http2Stream, origin: CallOrigin) => StreamHandler;

const MESSAGE_BYTES_MAX = 4 * 1024 * 1024;
const UNARY_MS_MAX = 30_000;

/**
 * A gRPC server on HTTP/2 of our own (docs/adr/0011): register methods, then `listen`. It takes no compressed messages
 * (UNIMPLEMENTED, as the specification allows), bounds what each peer may hold and do (`Http2Limits`), and asks nothing
 * of a handler but an answer.
 */
export class GrpcServer {
  readonly #methods = new Map<string, Begin>();
  readonly #listener: Http2Listener;
  readonly #parts: CallParts;

  constructor(options: GrpcServerOptions) {
    const { tls, limits = {}, messageBytesMax = MESSAGE_BYTES_MAX, unaryMsMax = UNARY_MS_MAX, statusOf } = options;
    this.#listener = new Http2Listener({
      tls,
      limits,
      serve: (stream, head, connection) => this.#serve(stream, head, connection),
    });
    const { held } = this.#listener;
    this.#parts = {
      deadlines: new Deadlines(),
      held,
      messageBytesMax,
      unaryMsMax,
      statusOf: (thrown) => (thrown instanceof GrpcError ? thrown.status : statusOf(thrown)),
    };
  }

  /** One request, one answer. Register before `listen`; a second method of the same path takes the place of the first. */
  unary<Request, Response>(
    { path, ...codec }: MethodDefinition<Request, Response>,
    handler: UnaryHandler<Request, Response>,
  ): void {
    const method = { codec, handler };
    this.#methods.set(path, (stream, origin) => new UnaryCall(stream, origin, method));
  }

  /** Any number of messages either way. */
  stream<Request, Response>(
    { path, ...codec }: MethodDefinition<Request, Response>,
    handler: (call: GrpcStream<Response>) => StreamListener<Request>,
  ): void {
    const method = { codec, handler };
    this.#methods.set(path, (stream, origin) => new StreamCall(stream, origin, method));
  }

  /** A service with handlers as grpc-js has them: `(call, callback)`, or `(call)` for streams. */
  addService(definition: Readonly<Record<string, JsMethod>>, implementation: Readonly<Record<string, unknown>>): void {
    for (const [name, method] of Object.entries(definition)) {
      const handler = jsHandler(name, method, implementation);
      if (handler === undefined) continue;
      const { path, requestStream, responseStream, ...codec } = method;
      if (requestStream || responseStream) {
        const streaming = jsStream(codec, !requestStream, handler);
        this.stream({ path, ...streaming.codec }, streaming.handler);
      } else this.unary({ path, ...codec }, jsUnary(codec, handler).handler);
    }
  }

  get connectionCount(): number {
    return this.#listener.connectionCount;
  }

  /** Bytes of unfinished messages and of unread answers, over all connections. */
  get heldBytes(): number {
    return this.#listener.held.held;
  }

  /** Opens the port, 0 for a free one; resolves with the one taken. Rejects when it is taken. */
  listen(port: number, host: string): Promise<number> {
    return this.#listener.listen(port, host);
  }

  /** Takes no new calls (GOAWAY), lets those in hand end, and after `graceMs` ends what is left. Safe to repeat. */
  close(graceMs: number): Promise<void> {
    return this.#listener.close(graceMs);
  }

  #serve(stream: Http2Stream, head: RequestHead, connection: Http2Connection): StreamHandler {
    const status = httpRefusal(head);
    if (status !== undefined) {
      return new RefusedRequest(stream, { status, method: head.method }, this.#parts.deadlines);
    }
    const begin = this.#methods.get(head.path);
    if (begin === undefined) return refuseMethod(stream, head.path);
    return begin(stream, { head, connection, parts: this.#parts });
  }
}
