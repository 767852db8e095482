import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Pepper, parseCode, secretOf } from '@openclaw/contracts';
import { type CodeSecret, NO_RATE_USE, unixMs } from '@openclaw/domain';
import type { LeaseKeeper } from '@openclaw/freshness';
import type { CodeIndex } from '../code-index/code-index';
import type { RedemptionLedger } from '../redemption/redemption-ledger';
import type { UsageRecorder } from '../usage/usage-recorder';
import { ClaimedUses, countsTogether } from './claimed-uses';
import type { Decision } from './decision';
import { type Looked, judge } from './judge';
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

/** Of codes without a limit nobody counts anything. */
const NOT_COUNTED = { firstUsedAt: null, lastUsedAt: null, redeemed: 0, rate: NO_RATE_USE };

/**
 * Judges one use of a code. The order is the promise: state and lease are read together; what has to be claimed is
 * claimed, and then the code is judged again; the decision is recorded and its record is durable; and the last thing
 * before the answer is a look at the clock with the lease that the decision was made under (ARCHITECTURE sections 3, 6,
 * 7, 8).
 */
export class ValidateCode {
  readonly #claimed: ClaimedUses;

  constructor(private readonly parts: ValidateCodeParts) {
    this.#claimed = new ClaimedUses(parts, (use) => this.#look(use));
  }

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
    const settings = looked.known?.code.settings;
    const { decision, lease } =
      looked.known !== undefined && settings !== undefined && countsTogether(settings)
        ? await this.#claimed.judge(use, looked.known.code.id)
        : judge(use, looked, NOT_COUNTED);
    const { usage, keeper } = this.parts;
    const recorded = usage.record(use, decision, Math.round((performance.now() - begunAtMs) * 1000));
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
    const ownBoundMs = known?.code.settings.freshnessBoundMs ?? boundMs;
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
}
