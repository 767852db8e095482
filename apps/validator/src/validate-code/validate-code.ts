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
 * Judges one use of a code. The order is the promise: state and lease are read together; a unit is claimed and then the
 * code is judged AGAIN at that moment, so that a claim behind a revocation burns its unit and is refused; the decision
 * is recorded and its record is durable; and the last thing before the answer is a look at the clock with the lease that
 * the decision was made under (ARCHITECTURE sections 3, 6, 7, 8).
 */
export class ValidateCode {
  readonly #uses = new CodeUses();

  constructor(private readonly parts: ValidateCodeParts) {}

  /** The decision; rejects with `ApiError` when there is none, which means "not allowed". */
  async validate(use: UseRequest): Promise<Decision> {
    const begunAtMs = performance.now();
    const decision = await this.#decide(use, begunAtMs);
    if (decision !== undefined) return decision;
    // In this very turn no newer lease can have come: let what has arrived meanwhile be read first.
    await nextTurn();
    const again = await this.#decide(use, begunAtMs);
    if (again === undefined) throw this.parts.standing.noDecision();
    return again;
  }

  /** Undefined: it was decided, but too late to be given. */
  async #decide(use: UseRequest, begunAtMs: number): Promise<Decision | undefined> {
    const looked = this.#look(use);
    const usesMax = looked.known?.code.issued?.settings.usesMax ?? null;
    const hasBudget = looked.known !== undefined && usesMax !== null;
    const { decision, lease } = hasBudget
      ? await this.#judgeWithClaim(use, looked.known.code.id)
      : this.#judge(use, looked);
    const { usage, keeper } = this.parts;
    const recorded = usage.record(use, decision, Math.round((performance.now() - begunAtMs) * 1000));
    // Counted in the turn of the judgement, so that no other use is judged in between; one that is withheld counts, too.
    if (decision.allowed && decision.code !== undefined) {
      this.#uses.count(decision.code.codeId, unixMs(decision.decidedAtMs));
    }
    await recorded.kept;
    if (keeper.stillFresh(lease)) return decision;
    usage.withhold(recorded);
    return undefined;
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
