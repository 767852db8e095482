import type { RunningValidator } from './running-validator';
import type { Issued } from './scene';

const EVERY_MS = 20;
/** An answer that takes longer was not given from memory. */
const PROMPT_MS = 1_000;
const TOLD_MAX = 3;

/** Uses a code steadily, in its scope and out of it, and notes every answer that is not as it always was (I9). */
export class SteadyUse {
  readonly violations: string[] = [];
  readonly #uses: Promise<void>[] = [];
  readonly #traffic: NodeJS.Timeout;
  #others = 0;

  constructor(
    private readonly validator: RunningValidator,
    private readonly code: Issued,
  ) {
    this.#traffic = setInterval(() => this.#uses.push(this.#use()), EVERY_MS);
  }

  get count(): number {
    return this.#uses.length;
  }

  /** Answers that were another one, or late. */
  get others(): number {
    return this.#others;
  }

  /** Resolves when everything that was asked is answered. */
  async stop(): Promise<void> {
    clearInterval(this.#traffic);
    await Promise.all(this.#uses);
  }

  async #use(): Promise<void> {
    const isOutOfScope = this.#uses.length % 3 === 0;
    const expected = isOutOfScope ? 'DENIAL_REASON_SCOPE_DENIED' : 'allow';
    const use = await this.validator.use(this.code, isOutOfScope ? 'other:gpt-4o:chat' : 'openai:gpt-4o:chat');
    const tookMs = (use.answeredAtMs ?? 0) - use.sentAtMs;
    if (use.verdict === expected && tookMs < PROMPT_MS) return;
    this.#others += 1;
    if (this.#others <= TOLD_MAX)
      this.violations.push(`I9: ${use.verdict} after ${tookMs.toFixed(0)} ms, not ${expected}`);
  }
}
