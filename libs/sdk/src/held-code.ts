/** A code as it came from whoever issues it. */
export interface NewCode {
  readonly code: string;
  /** When it ends by itself; undefined: it does not. */
  readonly expiresAt: Date | undefined;
}

export interface HeldCodeOptions {
  /** Gets the next code: from an issuer (`IssuerCodes`), or from wherever the application gets its codes. */
  readonly renew: () => Promise<NewCode>;
  /** Told when a renewal failed; it is tried again. What is told is what `renew` rejected with. */
  readonly onTrouble?: (error: unknown) => void;
}

/** There is no code that could still be good: the last one has ended and no other could be had. */
export class CodeEnded extends Error {
  override readonly name = 'CodeEnded';
  constructor() {
    super('the code has ended and could not be renewed');
  }
}

/** A code is renewed when this part of its life is over. */
const RENEW_AT = 0.8;
/** The part of that moment which is left to chance, so that what was started together does not renew together. */
const JITTER = 0.1;
const [FIRST_RETRY_MS, RETRY_MS_MAX] = [500, 60_000];
/** The longest that a timer of Node can wait. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/**
 * The code that an application holds, renewed before it ends. While a renewal fails the code that is held stays in use
 * until its end. Keeps no process alive. The code is in no property that printing or `JSON.stringify` would show.
 */
export class HeldCode {
  #held: NewCode;
  #timer: NodeJS.Timeout | undefined;
  #renewing: Promise<void> | undefined;
  #failures = 0;
  #isClosed = false;
  readonly #options: HeldCodeOptions;

  private constructor(options: HeldCodeOptions, first: NewCode) {
    this.#options = options;
    this.#held = first;
    this.#waitFor(first);
  }

  /** Gets the first code; rejects with what `renew` rejects with. */
  static async open(options: HeldCodeOptions): Promise<HeldCode> {
    return new HeldCode(options, await options.renew());
  }

  /** The code to send now; throws `CodeEnded`. Ask at each request: it changes. */
  current(): string {
    const { code, expiresAt } = this.#held;
    if (expiresAt !== undefined && Date.now() >= expiresAt.getTime()) throw new CodeEnded();
    return code;
  }

  /**
   * Renews at once: after a service has answered 401 to `current()`, because the code was revoked or rotated by somebody
   * else. Calls while one is under way wait for that one. Rejects with what `renew` rejects with; the timer goes on.
   */
  renewNow(): Promise<void> {
    this.#renewing ??= this.#renew().finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  async #renew(): Promise<void> {
    try {
      this.#held = await this.#options.renew();
      this.#failures = 0;
      this.#waitFor(this.#held);
    } catch (error) {
      this.#failures += 1;
      this.#wakeIn(Math.min(FIRST_RETRY_MS * 2 ** (this.#failures - 1), RETRY_MS_MAX) * (1 + JITTER * Math.random()));
      throw error;
    }
  }

  #waitFor({ expiresAt }: NewCode): void {
    clearTimeout(this.#timer);
    if (expiresAt === undefined) return;
    const lifeMs = expiresAt.getTime() - Date.now();
    this.#wakeIn(Math.max(0, lifeMs) * (RENEW_AT - JITTER * Math.random()));
  }

  #wakeIn(ms: number): void {
    clearTimeout(this.#timer);
    if (this.#isClosed) return;
    const stepMs = Math.min(ms, TIMER_MS_MAX);
    this.#timer = setTimeout(() => {
      if (ms > stepMs) return this.#wakeIn(ms - stepMs);
      this.renewNow().catch((error: unknown) => this.#options.onTrouble?.(error));
    }, stepMs).unref();
  }
}
