import type { Outgoing, validatorV1 } from '@openclaw/contracts';
import type { GrpcStream, StreamListener } from '@openclaw/grpc-server';
import type { Caller } from '../callers/known-callers';
import type { ValidationApi } from '../validate-code/validation-api';

type Batch = validatorV1.ValidateStreamRequest;
type Answer = Outgoing<validatorV1.ValidateStreamResponse>;

/** Batches of one stream that are decided at once; while there are as many, or answers pile up, nothing more is read. */
const IN_HAND_MAX = 16;

/** Answers each batch of a stream when it is ready. The first batch that is refused as a whole ends the stream. */
export class StreamAnswers implements StreamListener<Batch> {
  #inHand = 0;
  #isRead = false;
  #isFull = false;

  constructor(
    private readonly api: ValidationApi,
    private readonly call: GrpcStream<Answer>,
    private readonly caller: Caller,
  ) {}

  onMessage(batch: Batch): void {
    void this.#take(batch);
  }

  onEnd(): void {
    this.#isRead = true;
    this.#next();
  }

  onDrain(): void {
    this.#isFull = false;
    this.#next();
  }

  onCancelled(): void {
    // What is being decided goes on record like any other decision; nothing else of the stream is read.
  }

  async #take({ batchId, requests, minPosition }: Batch): Promise<void> {
    this.#inHand += 1;
    if (this.#inHand >= IN_HAND_MAX) this.call.pause();
    try {
      const results = await this.api.validateBatch(requests, minPosition, this.caller, () => this.call.isOver);
      this.#isFull = !this.call.write({ batchId, results });
    } catch (error) {
      this.call.fail(error);
    }
    this.#inHand -= 1;
    this.#next();
  }

  /** Reads on, or ends the stream after the last answer. */
  #next(): void {
    if (this.#isRead && this.#inHand === 0) this.call.end();
    else if (this.#isFull) this.call.pause();
    else if (this.#inHand < IN_HAND_MAX) this.call.resume();
  }
}
