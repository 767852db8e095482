import { setTimeout as pause } from 'node:timers/promises';
import { type Logger, asApiError, createLogger, openStore } from '@openclaw/platform';
import {
  type Answer,
  type CodeUse,
  type CodeValidator,
  answerOfDecision,
  answerOfError,
  requestOf,
} from '@openclaw/sdk';
import type { JournalStore } from '@openclaw/event-log';
import { type ValidatorParts, openParts } from '../open-parts';
import { NoDecision } from '../validate-code/no-decision';
import type { EngineConfig } from '../validator.config';

const TIMEOUT_MS = 1000;
const FIRST_LEASE_MAX_MS = 5_000;

/**
 * The validator's decision engine within this process: it follows the log, holds a lease, claims and records uses, as a
 * validator of its own does, and answers without a network between. The process needs what a validator needs: the
 * log, the pepper, a folder for usage records; and it must be trusted as one, because it can judge any code.
 *
 * When the log is not what it was, or the disk of the usage records fails, the process ends (exit code 70): whatever it
 * said from then on could be wrong. Rejects when the configuration or the log is refused; waits while the log cannot be
 * reached.
 */
export const embedValidator = async (
  config: EngineConfig,
  logger: Logger = createLogger('validator'),
): Promise<CodeValidator> => {
  const store = openStore(config.log, config.instance, logger);
  try {
    const parts = await openParts(store, config, logger);
    await parts.standing.firstLease(AbortSignal.timeout(FIRST_LEASE_MAX_MS));
    return new EmbeddedValidator(parts, store, config.instance);
  } catch (error) {
    await store.close();
    throw error;
  }
};

class EmbeddedValidator implements CodeValidator {
  #closing: Promise<void> | undefined;
  readonly #inHand = new Set<Promise<Answer>>();

  constructor(
    private readonly parts: ValidatorParts,
    private readonly store: JournalStore,
    private readonly name: string,
  ) {}

  async validate(use: CodeUse): Promise<Answer> {
    const request = requestOf(use);
    if ('outcome' in request) return request;
    if (this.#closing !== undefined) return answerOfError('openclaw.validator.shutting-down', undefined);
    const decided = this.#decide(request);
    this.#inHand.add(decided);
    void decided.finally(() => this.#inHand.delete(decided));
    return withinMs(decided, use.timeoutMs ?? TIMEOUT_MS);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await Promise.all(this.#inHand);
    await this.parts.close();
    await this.store.close();
  }

  /** Who embeds the engine may know every reason. */
  async #decide(request: Exclude<ReturnType<typeof requestOf>, { readonly outcome: string }>): Promise<Answer> {
    try {
      const caller = { name: this.name, auditor: true };
      return answerOfDecision(await this.parts.api.validate(request, request.minPosition, caller));
    } catch (error) {
      const retryAfterMs = error instanceof NoDecision ? error.retryAfterMs : undefined;
      return answerOfError(asApiError(error).code, retryAfterMs);
    }
  }
}

/** A decision that comes later is still recorded; asking again with the same request id finds what it took. */
const withinMs = async (decided: Promise<Answer>, timeoutMs: number): Promise<Answer> => {
  const stop = new AbortController();
  const late = pause(timeoutMs, undefined, { signal: stop.signal }).then(
    () => answerOfError('openclaw.request.deadline-exceeded', undefined),
    () => answerOfError('openclaw.request.cancelled', undefined),
  );
  const answer = await Promise.race([decided, late]);
  stop.abort();
  return answer;
};
