import {
  type RateLimits,
  type RedemptionEvent,
  decideRedemption,
  noteUse,
  reserveUses,
  unitsInHand,
} from '@openclaw/domain';
import type { LeaseKeeper } from '@openclaw/freshness';
import { ApiError } from '@openclaw/platform';
import type { SharedSettings } from '../code-index/terms';
import type { RedemptionLedger } from '../redemption/redemption-ledger';
import type { Taken } from '../redemption/redemption-partition';
import { type Judged, type Looked, judge } from './judge';
import { NoDecision } from './no-decision';
import { OwnUses } from './own-uses';
import type { UseRequest } from './use-request';

export interface ClaimedUsesParts {
  readonly redemptions: RedemptionLedger;
  readonly keeper: Pick<LeaseKeeper, 'retryAfterMs'>;
  /** Name of the validator, for the claims it makes. */
  readonly validator: string;
}

/** How often a use that lost the race for a claim is decided again. */
const LOSSES_MAX = 3;
const CLAIM_WAIT_MS = 5_000;

/** Whether a code has anything that all validators have to count together. */
export const countsTogether = ({ usesMax, idleTimeoutMs, sessionLimitMs, rateLimits }: SharedSettings): boolean =>
  usesMax !== null || idleTimeoutMs !== null || sessionLimitMs !== null || hasRate(rateLimits);

/**
 * Judges uses of codes whose limits hold across validators. Nothing is allowed that is not claimed on the log: a unit of
 * a budget for each use, a reservation out of the rate limits for a block of uses, a note of a session's first use. After
 * each claim the code is judged AGAIN at that moment, so that a claim behind a revocation is spent in vain (ADR 0009).
 */
export class ClaimedUses {
  readonly #own = new Map<string, OwnUses>();

  constructor(
    private readonly parts: ClaimedUsesParts,
    private readonly look: (use: UseRequest) => Looked,
  ) {}

  /** Rejects with `NoDecision` when the log cannot be asked, or others keep winning: retry. */
  async judge(use: UseRequest, codeId: string): Promise<Judged> {
    const signal = AbortSignal.timeout(CLAIM_WAIT_MS);
    const own = this.#own.get(codeId) ?? new OwnUses();
    this.#own.set(codeId, own);
    own.asking += 1;
    try {
      return await this.#judgeUntilClaimed(use, { codeId, own, signal });
    } finally {
      own.asking -= 1;
    }
  }

  async #judgeUntilClaimed(use: UseRequest, { codeId, own, signal }: Asked): Promise<Judged> {
    for (let losses = 0; losses <= LOSSES_MAX;) {
      const taken = await this.#taken(codeId, signal);
      const looked = this.look(use);
      const facts = { codeId, looked, taken, own, signal };
      const judged = judge(use, looked, own.used(taken.state, use.claimId));
      if (!judged.decision.allowed) {
        if (await this.#isSettled(judged, facts)) return judged;
        continue;
      }
      const missing = this.#missing(use, facts);
      if (missing === undefined) {
        own.spend(looked.nowMs);
        return judged;
      }
      const isWon =
        missing === 'reservation'
          ? await this.#reserve(facts)
          : await this.parts.redemptions.claim(taken, missing, signal);
      if (!isWon) losses += 1;
    }
    throw new NoDecision('openclaw.validator.contended', 0);
  }

  /** What has to be on the log before this use may be allowed. */
  #missing(use: UseRequest, { codeId, looked, taken, own }: Facts): RedemptionEvent | 'reservation' | undefined {
    const settings = settingsOf(looked);
    const claimant = { codeId, now: looked.nowMs, validator: this.parts.validator };
    const { usesMax, rateLimits } = settings;
    if (usesMax !== null) {
      const command = { type: 'Redeem', ...claimant, units: 1, usesMax, requestId: use.claimId } as const;
      const decided = decideRedemption(command, taken.state);
      if (!decided.ok) throw new ApiError('openclaw.internal.fault'); // `evaluate` has just said that a unit is left
      return decided.value;
    }
    if (hasRate(rateLimits) && unitsInHand(rateLimits, own.held, looked.nowMs) < 1) return 'reservation';
    return noteUse(claimant, taken.state, settings);
  }

  /** Reserves for this use and for those that wait. False: lost against another validator. */
  async #reserve(facts: Facts): Promise<boolean> {
    const { own, signal } = facts;
    if (own.reserving === undefined) {
      own.reserving = this.#reserveOnce(facts).finally(() => {
        own.reserving = undefined;
      });
      return own.reserving;
    }
    await Promise.race([own.reserving.catch(() => undefined), aborted(signal)]);
    if (signal.aborted) throw new NoDecision('openclaw.validator.contended', 0);
    return true;
  }

  async #reserveOnce({ codeId, looked, taken, own, signal }: Facts) {
    const claimant = { codeId, now: looked.nowMs, validator: this.parts.validator };
    const wanted = own.wanted(looked.nowMs);
    const unspent = own.release();
    const event = reserveUses(claimant, taken.state, { limits: settingsOf(looked).rateLimits, wanted, unspent });
    // When it fails, nobody knows whether the units were given back: they are lost to everybody, not spent twice.
    const isWon = event !== undefined && (await this.parts.redemptions.claim(taken, event, signal));
    own.hold(isWon ? { units: event.data.units, at: event.data.at } : unspent);
    return isWon;
  }

  /**
   * Whether a refusal holds. Idleness is an absence: it is only sure when everything that others have noted is read,
   * which is asked for once for each state of the code, because nobody can bring an idle code back to use.
   */
  async #isSettled({ decision }: Judged, facts: Facts): Promise<boolean> {
    const { codeId, looked, taken, own, signal } = facts;
    if (decision.reason !== 'idle_timed_out') return true;
    const code = looked.known?.code.revision;
    if (own.idleAt === `${code}/${taken.revision}`) return true;
    const newest = await this.#reached(this.parts.redemptions.upToDate(codeId, signal));
    own.idleAt = `${code}/${newest?.revision}`;
    return false;
  }

  async #taken(codeId: string, signal: AbortSignal): Promise<Taken> {
    const taken = await this.#reached(this.parts.redemptions.taken(codeId, signal));
    if (taken !== undefined) return taken;
    throw new NoDecision('openclaw.validator.not-understood', this.parts.keeper.retryAfterMs);
  }

  /** Any trouble in reading the claims is the log's, and nothing was done. */
  #reached<T>(reading: Promise<T>): Promise<T> {
    return reading.catch(() => {
      throw new NoDecision('openclaw.log.unavailable', this.parts.keeper.retryAfterMs);
    });
  }
}

interface Asked {
  readonly codeId: string;
  readonly own: OwnUses;
  readonly signal: AbortSignal;
}

/** What a use is judged by, of one moment. */
interface Facts extends Asked {
  readonly looked: Looked;
  readonly taken: Taken;
}

/** Of a code that was just allowed. */
const settingsOf = (looked: Looked): SharedSettings => {
  const settings = looked.known?.code.settings;
  if (settings === undefined) throw new ApiError('openclaw.internal.fault');
  return settings;
};

const hasRate = (limits: RateLimits): boolean => Object.values(limits).some((limit) => limit !== undefined);

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
