import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Pepper, parseCode, secretOf } from '@openclaw/contracts';
import {
  type CodeSecret,
  type RedemptionEvent,
  type Redemption,
  decideRedemption,
  redemption,
  unixMs,
} from '@openclaw/domain';
import type { LeaseKeeper } from '@openclaw/freshness';
import { ApiError } from '@openclaw/platform';
import type { CodeIndex } from '../code-index/code-index';
import type { RedemptionLedger } from '../redemption/redemption-ledger';
import type { Taken } from '../redemption/redemption-partition';
import type { UsageRecorder } from '../usage/usage-recorder';
import { CodeUses } from './code-uses';
import type { Decision } from './decision';
import { type Judged, type Looked, judge } from './judge';
import { NoDecision } from './no-decision';
import type { ValidatorStanding } from './standing';
import type { UseRequest } from './use-request';

export interface ValidateCodeParts {
  readonly index: CodeIndex;
  readonly keeper: LeaseKeeper;
  readonly standing: ValidatorStanding;
  readonly redemptions: RedemptionLedger;
  readonly usage: Pick<UsageRecorder, 'record' | 'withhold'>;
  readonly pepper: Pepper;
  /** Name of the validator, for the claims it makes. */
  readonly validator: string;
  /** L of the deployment, milliseconds; a code may ask for a stricter one. */
  readonly boundMs: number;
}

/** How often a use that lost the race for a unit is decided again. */
const LOSSES_MAX = 3;
const CLAIM_WAIT_MS = 5_000;

/**
 * Judges one use of a code. Without a budget everything happens in one synchronous turn. The order is the promise:
 * state and lease are read together; a unit is claimed and then the code is judged AGAIN at that moment, so that a
 * claim behind a revocation burns its unit and is refused; the decision is recorded; and the last thing before the
 * answer is a look at the clock with the lease that the decision was made under (ARCHITECTURE sections 3, 6, 7, 8).
 */
export class ValidateCode {
  readonly #uses = new CodeUses();

  constructor(private readonly parts: ValidateCodeParts) {}

  /** The decision; throws or rejects with `ApiError` when there is none, which means "not allowed". */
  validate(use: UseRequest): Decision | Promise<Decision> {
    return this.#decide(use, performance.now(), 'first');
  }

  #decide(use: UseRequest, begunAtMs: number, attempt: 'first' | 'last'): Decision | Promise<Decision> {
    const conclude = (judged: Judged): Decision | Promise<Decision> => {
      const decision = this.#answer(use, judged, begunAtMs);
      if (decision !== undefined) return decision;
      if (attempt === 'last') throw this.parts.standing.noDecision();
      // In this very turn no newer lease can have come: let what has arrived meanwhile be read first.
      return nextTurn().then(() => this.#decide(use, begunAtMs, 'last'));
    };
    const looked = this.#look(use);
    const usesMax = looked.known?.code.issued?.settings.usesMax ?? null;
    if (looked.known === undefined || usesMax === null) return conclude(this.#judge(use, looked));
    return this.#judgeWithClaim(use, looked.known.code.id).then(conclude);
  }

  /** Records the decision and looks at the clock for the second time; undefined when it is too late to give it. */
  #answer(use: UseRequest, { decision, lease }: Judged, begunAtMs: number): Decision | undefined {
    const { usage, keeper } = this.parts;
    const recorded = usage.record(use, decision, Math.round((performance.now() - begunAtMs) * 1000));
    if (!keeper.stillFresh(lease)) {
      usage.withhold(recorded);
      return undefined;
    }
    if (decision.allowed && decision.code !== undefined) {
      this.#uses.count(decision.code.codeId, unixMs(decision.decidedAtMs));
    }
    return decision;
  }

  /** State, time and lease, in one synchronous turn. */
  #look(use: UseRequest): Looked {
    const { index, keeper, pepper, boundMs, standing } = this.parts;
    const parsed = parseCode(use.code);
    const presented: CodeSecret | undefined = parsed.ok ? secretOf(parsed.code, pepper) : undefined;
    const known = this.#known(presented);
    const ownBoundMs = known?.code.issued?.settings.freshnessBoundMs ?? boundMs;
    const lease = keeper.capture(Math.min(ownBoundMs, boundMs));
    const nowMs = keeper.logNowMs();
    if (lease === undefined || nowMs === undefined) throw standing.noDecision();
    const { logId, position } = index.applied();
    return { presented, known, lease, nowMs: unixMs(Math.floor(nowMs)), logId, position };
  }

  #known(presented: CodeSecret | undefined): Looked['known'] {
    if (presented === undefined) return undefined;
    const { index, keeper } = this.parts;
    const found = index.lookup(presented);
    if (found.kind === 'known') return found;
    if (found.kind === 'unknown') return undefined;
    throw new NoDecision('openclaw.validator.not-understood', keeper.retryAfterMs);
  }

  #judge(use: UseRequest, looked: Looked, claims: Redemption = redemption.initialState): Judged {
    const codeId = looked.known?.code.id;
    const counted = codeId === undefined ? undefined : this.#uses.of(codeId);
    // A unit that this very request has taken is not held against it.
    const own = claims.requests.includes(use.claimId) ? 1 : 0;
    return judge(use, looked, counted === undefined ? undefined : { ...counted, redeemed: claims.used - own });
  }

  async #judgeWithClaim(use: UseRequest, codeId: string): Promise<Judged> {
    for (let losses = 0; losses <= LOSSES_MAX; losses += 1) {
      const taken = await this.#taken(codeId);
      const looked = this.#look(use);
      const judged = this.#judge(use, looked, taken.state);
      if (!judged.decision.allowed) return judged;
      const event = this.#claimOf(use, codeId, looked, taken);
      if (event === undefined) return judged;
      if (!(await this.parts.redemptions.claim(taken, event, AbortSignal.timeout(CLAIM_WAIT_MS)))) continue;
      const { state } = await this.#taken(codeId);
      return this.#judge(use, this.#look(use), state);
    }
    throw new NoDecision('openclaw.validator.contended', 0);
  }

  /** Undefined: no unit is needed any more, because this request has one or the code has lost its budget. */
  #claimOf({ claimId }: UseRequest, codeId: string, looked: Looked, taken: Taken): RedemptionEvent | undefined {
    const usesMax = looked.known?.code.issued?.settings.usesMax ?? null;
    if (usesMax === null) return undefined;
    const { validator } = this.parts;
    const command = { codeId, now: looked.nowMs, units: 1, usesMax, requestId: claimId, validator };
    const decided = decideRedemption({ type: 'Redeem', ...command }, taken.state);
    if (!decided.ok) throw new ApiError('openclaw.internal.fault'); // `evaluate` has just said that a unit is left
    return decided.value;
  }

  /** The claims so far; any trouble in reading them is the log's, and nothing was done. */
  async #taken(codeId: string): Promise<Taken> {
    const { redemptions, keeper } = this.parts;
    const taken = await redemptions.taken(codeId, AbortSignal.timeout(CLAIM_WAIT_MS)).catch(() => {
      throw new NoDecision('openclaw.log.unavailable', keeper.retryAfterMs);
    });
    if (taken === undefined) throw new NoDecision('openclaw.validator.not-understood', keeper.retryAfterMs);
    return taken;
  }
}
