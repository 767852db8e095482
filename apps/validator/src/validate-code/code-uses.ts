import { type CodeUse, NO_RATE_USE, type UnixMs, countUse } from '@openclaw/domain';

type Counted = Omit<CodeUse, 'redeemed'>;

const NEVER_USED: Counted = { firstUsedAt: null, lastUsedAt: null, rate: NO_RATE_USE };

/**
 * When and how often each code was used HERE. Rate limits, idle time-outs and session limits are per replica and begin
 * anew with the process, until the limits of a deployment are shared. Units of N-use codes are not: see redemption/.
 */
export class CodeUses {
  readonly #byCodeId = new Map<string, Counted>();

  of(codeId: string): Counted {
    return this.#byCodeId.get(codeId) ?? NEVER_USED;
  }

  /** Counts one use that is about to be allowed. */
  count(codeId: string, now: UnixMs): void {
    const { firstUsedAt, rate } = this.of(codeId);
    this.#byCodeId.set(codeId, { firstUsedAt: firstUsedAt ?? now, lastUsedAt: now, rate: countUse(rate, now) });
  }
}
