import type { ServerDuplexStream, handleBidiStreamingCall } from '@grpc/grpc-js';
import type { Outgoing, validatorV1 } from '@openclaw/contracts';
import { grpcError } from '@openclaw/platform';
import type { Caller } from '../callers/known-callers';
import type { ValidationApi } from '../validate-code/validation-api';

type Batch = validatorV1.ValidateStreamRequest;
type Answer = Outgoing<validatorV1.ValidateStreamResponse>;

/** Batches of one stream that are decided at once; while there are as many, or answers pile up, nothing more is read. */
const IN_HAND_MAX = 16;

/** Answers each batch of a stream when it is ready. The first batch that is refused as a whole ends the stream. */
export const answerStream =
  (
    api: ValidationApi,
    authenticate: (call: ServerDuplexStream<Batch, Answer>) => Caller,
  ): handleBidiStreamingCall<Batch, Answer> =>
  (call) => {
    try {
      new StreamAnswers(api, call, authenticate(call)).start();
    } catch (error) {
      call.emit('error', grpcError(error));
    }
  };

class StreamAnswers {
  #inHand = 0;
  #isRead = false;
  #isOver = false;
  #isFull = false;

  constructor(
    private readonly api: ValidationApi,
    private readonly call: ServerDuplexStream<Batch, Answer>,
    private readonly caller: Caller,
  ) {}

  start(): void {
    const { call } = this;
    call.on('data', (batch: Batch) => void this.#take(batch));
    call.on('drain', () => {
      this.#isFull = false;
      this.#next();
    });
    call.on('end', () => {
      this.#isRead = true;
      this.#next();
    });
    call.on('cancelled', () => {
      this.#isOver = true;
    });
  }

  async #take({ batchId, requests, minPosition }: Batch): Promise<void> {
    this.#inHand += 1;
    if (this.#inHand >= IN_HAND_MAX) this.call.pause();
    try {
      const results = await this.api.validateBatch(requests, minPosition, this.caller);
      if (!this.#isOver) this.#isFull = !this.call.write({ batchId, results });
    } catch (error) {
      if (!this.#isOver) this.call.emit('error', grpcError(error));
      this.#isOver = true;
    }
    this.#inHand -= 1;
    this.#next();
  }

  /** Reads on, or ends the stream after the last answer. */
  #next(): void {
    if (this.#isOver) return;
    if (this.#isRead && this.#inHand === 0) {
      this.#isOver = true;
      this.call.end();
    } else if (this.#isFull) this.call.pause();
    else if (this.#inHand < IN_HAND_MAX) this.call.resume();
  }
}
