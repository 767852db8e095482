import type { StreamHandler } from '../http2/stream';
import { CallBase, type CallOrigin, type GrpcCall, framed } from './call';
import { MessageReader } from './message-reader';
import type { Http2Stream } from '../http2/stream';
import { ANSWER_HEAD, type GrpcStatus, OK_TRAILERS, STATUS } from './status';

/** How a method's messages are read and written: grpc-js's method definitions have this form. */
export interface Codec<Request, Response> {
  readonly requestDeserialize: (bytes: Buffer) => Request;
  readonly responseSerialize: (response: Response) => Buffer;
}

/** Answers in the same turn or later; what it throws or rejects with becomes the status of the call. */
export type UnaryHandler<Request, Response> = (request: Request, call: GrpcCall) => Response | Promise<Response>;

export interface UnaryMethod<Request, Response> {
  readonly codec: Codec<Request, Response>;
  readonly handler: UnaryHandler<Request, Response>;
}

export const UNREADABLE: GrpcStatus = { code: STATUS.internal, details: 'the request is no message of this method' };
const CUT_OFF: GrpcStatus = { code: STATUS.internal, details: 'the request ends within a message' };
const NOT_ONE: GrpcStatus = { code: STATUS.unimplemented, details: 'a unary method takes one message' };

/** One request, one answer. */
export class UnaryCall<Request, Response> extends CallBase implements StreamHandler {
  readonly #reader: MessageReader;
  #request: Request | undefined;
  #fault: GrpcStatus | undefined;
  #count = 0;

  constructor(
    stream: Http2Stream,
    origin: CallOrigin,
    private readonly method: UnaryMethod<Request, Response>,
  ) {
    super(stream, origin, origin.parts.unaryMsMax);
    const { messageBytesMax, held } = origin.parts;
    this.#reader = new MessageReader({ messageBytesMax, held, onMessage: (bytes) => this.#take(bytes) });
  }

  onData(bytes: Buffer, start: number, end: number): void {
    if (this.isOver) return;
    const fault = this.#reader.push(bytes, start, end) ?? this.#fault;
    if (fault === undefined) this.stream.consumed(end - start);
    else this.endWith(fault);
  }

  onEnd(): void {
    if (this.isOver) return;
    if (this.#reader.hasRest) this.endWith(CUT_OFF);
    else if (this.#count !== 1 || this.#request === undefined) this.endWith(NOT_ONE);
    else this.#run(this.#request);
  }

  onDrain(): void {
    // There is one answer, and it was written as a whole.
  }

  protected dropped(): void {
    this.#reader.discard();
  }

  #take(bytes: Buffer): boolean {
    this.#count += 1;
    try {
      if (this.#count === 1) this.#request = this.method.codec.requestDeserialize(bytes);
      else this.#fault = NOT_ONE;
    } catch {
      this.#fault = UNREADABLE;
    }
    return false;
  }

  #run(request: Request): void {
    try {
      const response = this.method.handler(request, this);
      if (response instanceof Promise) this.#await(response);
      else this.#answer(response);
    } catch (error) {
      this.endWith(this.parts.statusOf(error));
    }
  }

  #await(response: Promise<Response>): void {
    this.stream.working();
    response.then(
      (value) => {
        this.#answer(value);
        this.stream.worked();
      },
      (error: unknown) => {
        this.endWith(this.parts.statusOf(error));
        this.stream.worked();
      },
    );
  }

  #answer(response: Response): void {
    if (this.isOver) return;
    try {
      const body = framed(this.method.codec.responseSerialize(response));
      this.finish(() => this.stream.answer(ANSWER_HEAD, body, OK_TRAILERS));
    } catch (error) {
      this.endWith(this.parts.statusOf(error));
    }
  }
}
