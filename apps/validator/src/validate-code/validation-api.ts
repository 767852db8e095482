import { ERROR_CODES, type Outgoing, type validatorV1 } from '@openclaw/contracts';
import type { LeaseKeeper } from '@openclaw/freshness';
import { ApiError, asApiError } from '@openclaw/platform';
import type { Caller } from '../callers/known-callers';
import type { CodeIndex } from '../code-index/code-index';
import type { DecisionWatch, Watched } from '../observe-decisions/decision-watch';
import { decisionView } from './decision.view';
import { NoDecision } from './no-decision';
import { QuietRefusals } from './quiet-refusals';
import { readUpTo } from './read-up-to';
import { type UseMessage, useRequest } from './use-request';
import type { ValidateCode } from './validate-code';

type Answer = Outgoing<validatorV1.Decision>;
type Result = Outgoing<validatorV1.ValidateResult>;

const BATCH_MAX = 1024;
const never = (): boolean => false;

/** What every transport offers, in the messages of the published proto; `ApiError` when there is no decision. */
export class ValidationApi {
  readonly #quiet = new QuietRefusals();

  constructor(
    private readonly parts: {
      readonly index: CodeIndex;
      readonly keeper: LeaseKeeper;
      readonly watch: DecisionWatch;
    },
    private readonly validateCode: ValidateCode,
  ) {}

  /** One use. When the call `isOver` after waiting for `minPosition`, nothing is decided and no use is taken. */
  validate(message: UseMessage, minPosition: string, caller: Caller, isOver = never): Promise<Answer> {
    const waiting = this.#readUpTo(minPosition, isOver);
    return waiting === undefined ? this.#one(message, caller) : waiting.then(() => this.#one(message, caller));
  }

  /** Many uses, each with its own decision or fault, in their order. */
  async validateBatch(
    messages: readonly UseMessage[],
    minPosition: string,
    caller: Caller,
    isOver = never,
  ): Promise<readonly Result[]> {
    if (messages.length > BATCH_MAX) throw new ApiError('openclaw.request.too-large');
    await this.#readUpTo(minPosition, isOver);
    return Promise.all(messages.map((message) => this.#result(message, caller)));
  }

  async #result(message: UseMessage, caller: Caller): Promise<Result> {
    try {
      return { decision: await this.#one(message, caller) };
    } catch (error) {
      return { fault: faultOf(asApiError(error)) };
    }
  }

  /** Undefined when there is nothing to wait for. */
  #readUpTo(minPosition: string, isOver: () => boolean): Promise<void> | undefined {
    if (minPosition === '') return undefined;
    return Promise.resolve()
      .then(() => readUpTo(this.parts, minPosition))
      .then(() => {
        if (isOver()) throw new ApiError('openclaw.request.cancelled');
      })
      .catch((error: unknown) => {
        this.parts.watch.undecided(error);
        throw error;
      });
  }

  async #one(message: UseMessage, caller: Caller): Promise<Answer> {
    const { watch } = this.parts;
    const begunAtMs = performance.now();
    let watched: Watched | undefined;
    try {
      watched = watch.begin(useRequest(message, caller));
      const decision = await this.validateCode.validate(watched.use);
      watch.decided(watched, decision);
      const held = this.#quiet.hold(decision, caller, begunAtMs);
      if (held !== undefined) await held;
      return decisionView(decision, caller);
    } catch (error) {
      watch.undecided(error, watched);
      throw error;
    }
  }
}

const faultOf = (error: ApiError): Outgoing<validatorV1.ValidateFault> => {
  const { publicText: message, retriable } = ERROR_CODES[error.code];
  const retryAfterMs = error instanceof NoDecision ? Math.ceil(error.retryAfterMs ?? 0) : 0;
  return { code: error.code, message, retriable, retryAfterMs };
};
