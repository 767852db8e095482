import {
  type CodeUse,
  type RedemptionEvent,
  decideRedemption,
  noteUse,
  reserveUses,
  unitsInHand,
} from '@openclaw/domain';
import type { LeaseKeeper } from '@openclaw/freshness';
import { ApiError } from '@openclaw/platform';
import { type SharedSettings, hasRate } from '../code-index/terms';
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

  /**
   * In this turn when nothing has to be claimed or read. Rejects with `NoDecision` when the log cannot be asked, or
   * others keep winning: retry.
   */
  judge(use: UseRequest, looked: Looked, codeId: string): Judged | Promise<Judged> {
    const own = this.#own.get(codeId) ?? new OwnUses();
    this.#own.set(codeId, own);
    own.claims ??= this.parts.redemptions.opened(codeId);
    const taken = own.claims?.taken(codeId);
    const judged = taken === undefined ? undefined : this.#judgeNow(use, { codeId, looked, taken, own });
    return judged !== undefined && isJudged(judged) ? judged : this.#judgeLater(use, codeId, own);
  }

  async #judgeLater(use: UseRequest, codeId: string, own: OwnUses): Promise<Judged> {
    const signal = AbortSignal.timeout(CLAIM_WAIT_MS);
    own.asking += 1;
    try {
      return await this.#judgeUntilClaimed(use, { codeId, own, signal });
    } finally {
      own.asking -= 1;
    }
  }

  /** How a code was used by everybody until now; claims nothing. Rejects with `NoDecision` when the log cannot be asked. */
  async used(codeId: string): Promise<CodeUse> {
    const newest = await this.#reached(this.parts.redemptions.upToDate(codeId, AbortSignal.timeout(CLAIM_WAIT_MS)));
    if (newest === undefined) throw this.#notUnderstood();
    return (this.#own.get(codeId) ?? new OwnUses()).used(newest.state, '');
  }

  async #judgeUntilClaimed(use: UseRequest, { codeId, own, signal }: Asked): Promise<Judged> {
    for (let losses = 0; losses <= LOSSES_MAX;) {
      const taken = await this.#taken(codeId, signal);
      const facts = { codeId, looked: this.look(use), taken, own };
      const judged = this.#judgeNow(use, facts);
      if (isJudged(judged)) return judged;
      if (judged === 'newest claims') await this.#readNewest(facts, signal);
      else if (!(await this.#claim(judged, facts, signal))) losses += 1;
    }
    throw new NoDecision('openclaw.validator.contended', 0);
  }

  /** Judges by what is at hand, and counts the use when it is allowed; or says what is missing before it may be. */
  #judgeNow(use: UseRequest, facts: Facts): Judged | Missing {
    const { looked, taken, own } = facts;
    const judged = judge(use, looked, own.used(taken.state, use.claimId));
    const missing = judged.decision.allowed ? this.#unclaimed(use, facts) : unread(judged, facts);
    if (missing !== undefined) return missing;
    if (judged.decision.allowed) own.spend(looked.nowMs);
    return judged;
  }

  /** What has to be on the log before this use may be allowed. */
  #unclaimed(use: UseRequest, { codeId, looked, taken, own }: Facts): RedemptionEvent | 'reservation' | undefined {
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

  /** False: lost against another validator. */
  #claim(missing: RedemptionEvent | 'reservation', facts: Facts, signal: AbortSignal): Promise<boolean> {
    if (missing === 'reservation') return this.#reserve(facts, signal);
    return this.parts.redemptions.claim(facts.taken, missing, signal);
  }

  /** Reserves for this use and for those that wait. */
  async #reserve(facts: Facts, signal: AbortSignal): Promise<boolean> {
    const { own } = facts;
    if (own.reserving === undefined) {
      own.reserving = this.#reserveOnce(facts, signal).finally(() => {
        own.reserving = undefined;
      });
      return own.reserving;
    }
    await Promise.race([own.reserving.catch(() => undefined), aborted(signal)]);
    if (signal.aborted) throw new NoDecision('openclaw.validator.contended', 0);
    return true;
  }

  async #reserveOnce({ codeId, looked, taken, own }: Facts, signal: AbortSignal) {
    const claimant = { codeId, now: looked.nowMs, validator: this.parts.validator };
    const wanted = own.wanted(looked.nowMs);
    const unspent = own.release();
    const event = reserveUses(claimant, taken.state, { limits: settingsOf(looked).rateLimits, wanted, unspent });
    // When it fails, nobody knows whether the units were given back: they are lost to everybody, not spent twice.
    const isWon = event !== undefined && (await this.parts.redemptions.claim(taken, event, signal));
    own.hold(isWon ? { units: event.data.units, at: event.data.at } : unspent);
    return isWon;
  }

  /** Reads everything that others have noted; asked for once for each state of the code. */
  async #readNewest({ codeId, looked, own }: Facts, signal: AbortSignal): Promise<void> {
    const newest = await this.#reached(this.parts.redemptions.upToDate(codeId, signal));
    own.idleAt = stateOf(looked, newest);
  }

  async #taken(codeId: string, signal: AbortSignal): Promise<Taken> {
    const taken = await this.#reached(this.parts.redemptions.taken(codeId, signal));
    if (taken !== undefined) return taken;
    throw this.#notUnderstood();
  }

  #notUnderstood(): NoDecision {
    return new NoDecision('openclaw.validator.not-understood', this.parts.keeper.retryAfterMs);
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
interface Facts {
  readonly codeId: string;
  readonly own: OwnUses;
  readonly looked: Looked;
  readonly taken: Taken;
}

type Missing = RedemptionEvent | 'reservation' | 'newest claims';

const isJudged = (one: Judged | Missing): one is Judged => typeof one === 'object' && 'decision' in one;

/**
 * What has to be read before a refusal holds. Idleness is an absence: it is only sure when everything that others have
 * noted is read; once for each state of the code, because nobody can bring an idle code back to use.
 */
const unread = ({ decision }: Judged, { looked, taken, own }: Facts): 'newest claims' | undefined =>
  decision.reason === 'idle_timed_out' && own.idleAt !== stateOf(looked, taken) ? 'newest claims' : undefined;

/** The revisions of code and claims. */
const stateOf = (looked: Looked, taken: Taken | undefined): string =>
  `${looked.known?.code.revision}/${taken?.revision}`;

/** Of a code that was just allowed. */
const settingsOf = (looked: Looked): SharedSettings => {
  const settings = looked.known?.code.settings;
  if (settings === undefined) throw new ApiError('openclaw.internal.fault');
  return settings;
};

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
