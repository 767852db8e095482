import type { ClientDuplexStream } from '@grpc/grpc-js';
import { type Outgoing, isErrorCode, type validatorV1 } from '@openclaw/contracts';
import { type Answer, answerOfDecision, answerOfError, cannotKnow } from './answer';
import { DEADLINE_PASSED } from './ask-again';
import { type CallStatus, troubleOf } from './trouble';

type Batch = Outgoing<validatorV1.ValidateStreamRequest>;
export type ValidateStream = ClientDuplexStream<Batch, validatorV1.ValidateStreamResponse>;

/** Uses in one batch; the validator takes 1024. */
const BATCH_MAX = 256;
/** Characters in one batch: three bytes each are below the 2 MiB that the validator takes. */
const BATCH_CHARACTERS_MAX = 512 * 1024;
/** Batches that are asked and not answered: half of what the validator decides at once on one stream. */
const WINDOW = 8;
/** Uses that wait for a place in the window; then callers are told to come back. */
const WAITING_MAX = 16_384;
const OVERLOADED_RETRY_MS = 100;
const UINT32 = 2 ** 32;

interface Pending {
  readonly request: validatorV1.ValidateRequest;
  readonly answer: (answer: Answer) => void;
  isSettled: boolean;
  /** The batch that it was sent with. */
  batch?: Sent;
}

interface Sent {
  readonly id: number;
  readonly uses: readonly Pending[];
  unsettled: number;
}

/**
 * Asks about many uses at once over one `ValidateStream`: whatever is asked in one turn of the event loop goes out as one
 * batch. Opens the stream when there is something to ask, and again after it broke. Every use is answered once, by its
 * deadline at the latest; what was on its way when the stream broke is "cannot know".
 */
export class BatchingStream {
  #stream: ValidateStream | undefined;
  #waiting: Pending[] = [];
  #isFull = false;
  #isScheduled = false;
  #nextId = 0;
  readonly #sent = new Map<number, Sent>();

  constructor(private readonly open: () => ValidateStream) {}

  /** Never rejects. */
  ask(request: validatorV1.ValidateRequest, timeoutMs: number): Promise<Answer> {
    if (this.#waiting.length >= WAITING_MAX) return Promise.resolve(cannotKnow('sdk.overloaded', OVERLOADED_RETRY_MS));
    return new Promise((resolve) => {
      const late = setTimeout(() => this.#settle(pending, cannotKnow(DEADLINE_PASSED)), Math.max(0, timeoutMs));
      const pending: Pending = {
        request,
        isSettled: false,
        answer: (answer) => {
          clearTimeout(late);
          resolve(answer);
        },
      };
      this.#waiting.push(pending);
      this.#schedule();
    });
  }

  /** Ends the stream; what is still asked is "cannot know". */
  close(): void {
    const stream = this.#stream;
    stream?.end();
    this.#over(stream, { code: CANCELLED, details: '' });
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    // After what else has arrived in this turn of the event loop.
    setImmediate(() => {
      this.#isScheduled = false;
      this.#send();
    });
  }

  #send(): void {
    while (this.#waiting.length > 0 && this.#sent.size < WINDOW && !this.#isFull) {
      const uses = this.#nextBatch();
      if (uses.length === 0) continue;
      const batch: Sent = { id: this.#nextId, uses, unsettled: uses.length };
      this.#nextId = (this.#nextId + 1) % UINT32;
      for (const use of uses) use.batch = batch;
      this.#sent.set(batch.id, batch);
      this.#stream ??= this.#opened();
      this.#isFull = !this.#stream.write({ batchId: batch.id, requests: uses.map(({ request }) => request) });
    }
  }

  #nextBatch(): readonly Pending[] {
    let [taken, characters] = [0, 0];
    for (const { request } of this.#waiting) {
      characters += charactersOf(request);
      if (taken === BATCH_MAX || (taken > 0 && characters > BATCH_CHARACTERS_MAX)) break;
      taken += 1;
    }
    const uses = this.#waiting.slice(0, taken).filter(({ isSettled }) => !isSettled);
    this.#waiting = this.#waiting.slice(taken);
    return uses;
  }

  #opened(): ValidateStream {
    const stream = this.open();
    stream.on('data', (answer: validatorV1.ValidateStreamResponse) => this.#answered(stream, answer));
    stream.on('drain', () => {
      this.#isFull = false;
      this.#schedule();
    });
    stream.on('error', (error: CallStatus) => this.#over(stream, error));
    stream.on('end', () => this.#over(stream, { code: UNAVAILABLE, details: '' }));
    return stream;
  }

  #answered(stream: ValidateStream, { batchId, results }: validatorV1.ValidateStreamResponse): void {
    if (stream !== this.#stream) return;
    const batch = this.#sent.get(batchId);
    batch?.uses.forEach((use, index) => this.#settle(use, answerOfResult(results[index])));
    this.#schedule();
  }

  #settle(use: Pending, answer: Answer): void {
    if (use.isSettled) return;
    use.isSettled = true;
    const { batch } = use;
    if (batch !== undefined) {
      batch.unsettled -= 1;
      // Also when it was never answered: its place in the window is free, and backpressure bounds what is unread.
      if (batch.unsettled === 0) this.#sent.delete(batch.id);
    }
    use.answer(answer);
  }

  /** The stream is at its end, whoever ended it. */
  #over(stream: ValidateStream | undefined, ended: CallStatus): void {
    if (stream === undefined || stream !== this.#stream) return;
    this.#stream = undefined;
    this.#isFull = false;
    const trouble = troubleOf(ended);
    for (const batch of [...this.#sent.values()]) for (const use of batch.uses) this.#settle(use, trouble);
    this.#schedule();
  }
}

const CANCELLED = 1;
const UNAVAILABLE = 14;

/** A result that is missing or empty is no decision. */
const answerOfResult = (result: validatorV1.ValidateResult | undefined): Answer => {
  if (result?.decision !== undefined) return answerOfDecision(result.decision);
  const { code = '', retryAfterMs = 0 } = result?.fault ?? {};
  return answerOfError(isErrorCode(code) ? code : 'openclaw.internal.fault', retryAfterMs || undefined);
};

const charactersOf = ({ code, resource, endpoint, service, action, ...rest }: validatorV1.ValidateRequest): number =>
  code.length + service.length + resource.length + action.length + endpoint.length + rest.sourceIp.length +
  rest.requestId.length + rest.traceparent.length; // prettier-ignore
