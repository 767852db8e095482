import { EventEmitter } from 'node:events';
import type { GrpcCall } from './call';
import { GrpcError } from './status';
import type { GrpcStream, StreamListener, StreamMethod } from './stream-call';
import type { Codec, UnaryMethod } from './unary-call';

/** A method of a service definition, as proto-loader makes it. */
export interface JsMethod {
  readonly path: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  readonly requestDeserialize: (bytes: Buffer) => unknown;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- grpc-js's own type of it
  readonly responseSerialize: (response: any) => Buffer;
  readonly originalName?: string;
}

/** Finds the handler of a method by either of its names, as grpc-js does. */
export const jsHandler = (
  name: string,
  method: JsMethod,
  implementation: Readonly<Record<string, unknown>>,
): ((...args: readonly unknown[]) => unknown) | undefined => {
  const handler = implementation[name] ?? implementation[method.originalName ?? ''];
  if (typeof handler !== 'function') return undefined;
  return (...args) => Reflect.apply(handler, implementation, args) as unknown;
};

/** `(call, callback)` as a unary method of ours. */
export const jsUnary = (codec: Codec<unknown, unknown>, handler: (...args: readonly unknown[]) => unknown) => {
  const method: UnaryMethod<unknown, unknown> = {
    codec,
    handler: (request, call) =>
      new Promise((resolve, reject) => {
        handler({ request, metadata: metadataOf(call) }, (error: unknown, value: unknown) => {
          if (error === null || error === undefined) resolve(value);
          else reject(asGrpcError(error));
        });
      }),
  };
  return method;
};

/** `(call)` with `call.on('data' | 'end' | 'cancelled' | 'drain')`, `write`, `end` and `emit('error', status)` as a stream of ours. */
export const jsStream = (
  codec: Codec<unknown, unknown>,
  takesOne: boolean,
  handler: (...args: readonly unknown[]) => unknown,
) => {
  const method: StreamMethod<unknown, unknown> = {
    codec,
    handler: (stream) => (takesOne ? oneRequest(stream, handler) : manyRequests(stream, handler)),
  };
  return method;
};

class JsStreamCall extends EventEmitter {
  readonly metadata;

  constructor(
    private readonly stream: GrpcStream<unknown>,
    readonly request?: unknown,
  ) {
    super();
    this.metadata = metadataOf(stream);
    this.on('error', (error: unknown) => stream.fail(asGrpcError(error)));
  }

  write(value: unknown): boolean {
    return this.stream.write(value);
  }

  end(): void {
    this.stream.end();
  }
}

const manyRequests = (
  stream: GrpcStream<unknown>,
  handler: (...args: readonly unknown[]) => unknown,
): StreamListener<unknown> => {
  const call = new JsStreamCall(stream);
  handler(call);
  return {
    onMessage: (request) => void call.emit('data', request),
    onEnd: () => void call.emit('end'),
    onDrain: () => void call.emit('drain'),
    onCancelled: () => void call.emit('cancelled'),
  };
};

const oneRequest = (
  stream: GrpcStream<unknown>,
  handler: (...args: readonly unknown[]) => unknown,
): StreamListener<unknown> => {
  let call: JsStreamCall | undefined;
  return {
    onMessage: (request) => {
      if (call !== undefined) return;
      call = new JsStreamCall(stream, request);
      handler(call);
    },
    onEnd: () => undefined,
    onDrain: () => void call?.emit('drain'),
    onCancelled: () => void call?.emit('cancelled'),
  };
};

/** `{ code, details }`, which is a status with grpc-js, as one of ours; everything else stays what it is. */
const asGrpcError = (error: unknown): unknown => {
  if (typeof error !== 'object' || error === null || !('code' in error) || typeof error.code !== 'number') return error;
  const details = 'details' in error && typeof error.details === 'string' ? error.details : '';
  return new GrpcError({ code: error.code, details });
};

const metadataOf = (call: GrpcCall) => ({
  get: (name: string): readonly string[] => {
    const value = call.header(name.toLowerCase());
    return value === undefined ? [] : [value];
  },
});
