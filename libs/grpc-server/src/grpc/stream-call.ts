import type { Http2Stream, StreamHandler } from '../http2/stream';
import { CallBase, type CallOrigin, type GrpcCall, framed } from './call';
import { MessageReader } from './message-reader';
import { ANSWER_HEAD, type GrpcStatus, OK_TRAILERS, STATUS } from './status';
import { type Codec, UNREADABLE } from './unary-call';

/** What a handler of a stream is told; each in its own turn of the connection. */
export interface StreamListener<Request> {
  onMessage(request: Request): void;
  /** The client sends no more. */
  onEnd(): void;
  /** More may be written after `write` gave false. */
  onDrain(): void;
  /** Cancelled or past its deadline: whatever is written goes nowhere. */
  onCancelled(): void;
}

/** A call whose client or server sends any number of messages. */
export interface GrpcStream<Response> extends GrpcCall {
  /** False: the client reads more slowly than is written; wait for `onDrain`. */
  write(response: Response): boolean;
  /** Ends the call well, after all that was written. */
  end(): void;
  /** Ends the call with the status that the server makes of what was thrown. */
  fail(thrown: unknown): void;
  /** No message is given out until `resume`, and the client is soon held up. */
  pause(): void;
  resume(): void;
}

export interface StreamMethod<Request, Response> {
  readonly codec: Codec<Request, Response>;
  readonly handler: (call: GrpcStream<Response>) => StreamListener<Request>;
}

const CUT_OFF: GrpcStatus = { code: STATUS.internal, details: 'the stream ends within a message' };

export class StreamCall<Request, Response> extends CallBase implements StreamHandler, GrpcStream<Response> {
  readonly #reader: MessageReader;
  readonly #listener: StreamListener<Request> | undefined;
  #fault: GrpcStatus | undefined;
  #isPaused = false;
  #isReading = false;
  #hasEnded = false;
  #uncredited = 0;

  constructor(
    stream: Http2Stream,
    origin: CallOrigin,
    private readonly method: StreamMethod<Request, Response>,
  ) {
    super(stream, origin, Number.POSITIVE_INFINITY);
    const { messageBytesMax, held } = origin.parts;
    this.#reader = new MessageReader({ messageBytesMax, held, onMessage: (bytes) => this.#take(bytes) });
    try {
      this.#listener = method.handler(this);
    } catch (error) {
      this.fail(error);
    }
  }

  onData(bytes: Buffer, start: number, end: number): void {
    if (this.isOver) return;
    this.#uncredited += end - start;
    this.#read(() => this.#reader.push(bytes, start, end, this.#isPaused));
  }

  onEnd(): void {
    this.#hasEnded = true;
    this.#afterAll();
  }

  onDrain(): void {
    if (!this.isOver) this.#listener?.onDrain();
  }

  write(response: Response): boolean {
    if (this.isOver) return true;
    this.begin(ANSWER_HEAD);
    return this.stream.data(framed(this.method.codec.responseSerialize(response)));
  }

  end(): void {
    this.finish(() => {
      this.begin(ANSWER_HEAD);
      this.stream.end(OK_TRAILERS);
    });
  }

  fail(thrown: unknown): void {
    if (!this.isOver) this.endWith(this.parts.statusOf(thrown));
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    if (this.#isReading || this.isOver) return;
    this.#read(() => this.#reader.resume());
    this.#afterAll();
  }

  protected dropped(): void {
    this.#reader.discard();
  }

  protected override cancelled(): void {
    super.cancelled();
    this.#listener?.onCancelled();
  }

  #read(work: () => GrpcStatus | undefined): void {
    this.#isReading = true;
    const fault = work() ?? this.#fault;
    this.#isReading = false;
    if (fault !== undefined) {
      this.endWith(fault);
      return;
    }
    // While nothing is taken, nothing is paid back: the client may send what its window has, and no more.
    if (this.#isPaused || this.isOver) return;
    this.stream.consumed(this.#uncredited);
    this.#uncredited = 0;
  }

  /** The end is told after the last message, not while it waits. */
  #afterAll(): void {
    if (!this.#hasEnded || this.#isPaused || this.isOver) return;
    if (this.#reader.hasRest) {
      this.endWith(CUT_OFF);
      return;
    }
    this.#hasEnded = false;
    this.#listener?.onEnd();
  }

  #take(bytes: Buffer): boolean {
    if (this.isOver) return false;
    let request: Request;
    try {
      request = this.method.codec.requestDeserialize(bytes);
    } catch {
      this.#fault = UNREADABLE;
      return true;
    }
    this.#listener?.onMessage(request);
    return this.#isPaused;
  }
}
