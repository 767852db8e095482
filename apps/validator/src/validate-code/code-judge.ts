import { type Pepper, codeDigest, hasCodeForm, parseCode } from '@openclaw/contracts';
import { NO_RATE_USE, unixMs } from '@openclaw/domain';
import type { CapturedLease, LeaseKeeper } from '@openclaw/freshness';
import type { CodeIndex } from '../code-index/code-index';
import type { RedemptionLedger } from '../redemption/redemption-ledger';
import { ClaimedUses } from './claimed-uses';
import { type Inspected, type Judged, type Known, type Looked, inspect, judge } from './judge';
import { NoDecision } from './no-decision';
import type { ValidatorStanding } from './standing';
import type { UseRequest } from './use-request';

export interface CodeJudgeParts {
  readonly index: Pick<CodeIndex, 'lookupDigest' | 'applied'>;
  readonly keeper: Pick<LeaseKeeper, 'capture' | 'logNowMs' | 'retryAfterMs'>;
  readonly standing: Pick<ValidatorStanding, 'noDecision'>;
  readonly redemptions: RedemptionLedger;
  readonly pepper: Pepper;
  /** Name of the validator, for the claims it makes. */
  readonly validator: string;
}

/** Of codes without a limit nobody counts anything. */
const NOT_COUNTED = { firstUsedAt: null, lastUsedAt: null, redeemed: 0, rate: NO_RATE_USE };

/** The decision on one use, without its record and without the second look: what every transport and bench begins with. */
export class CodeJudge {
  readonly #claimed: ClaimedUses;

  constructor(private readonly parts: CodeJudgeParts) {
    this.#claimed = new ClaimedUses(parts, (use) => this.#look(use));
  }

  /**
   * Decides in this very turn, or, when something has to be claimed or read first, later. Throws or rejects with
   * `ApiError` when there is no decision, which means "not allowed"; a retry is safe.
   */
  decide(use: UseRequest): Judged | Promise<Judged> {
    const looked = this.#look(use);
    return looked.known?.code.countsTogether === true
      ? this.#claimed.judge(use, looked, looked.known.code.id)
      : judge(use, looked, NOT_COUNTED);
  }

  /**
   * What a code is good for, if it is in force, and the lease to look at before that is told; claims, counts and records
   * nothing. Rejects with `ApiError` when it cannot be known; a retry is safe.
   */
  async inspect(code: string): Promise<{ readonly inspected: Inspected | undefined; readonly lease: CapturedLease }> {
    const { known } = this.#look({ code });
    const used = known?.code.countsTogether === true ? await this.#claimed.used(known.code.id) : NOT_COUNTED;
    const looked = this.#look({ code });
    return { inspected: inspect(looked, used), lease: looked.lease };
  }

  /** State, time and lease, in one synchronous turn. */
  #look({ code }: Pick<UseRequest, 'code'>): Looked {
    const { index, keeper, pepper, standing } = this.parts;
    const known = hasCodeForm(code) ? this.#known(codeDigest(code, pepper)) : undefined;
    const lease = keeper.capture(known?.code.settings.freshnessBoundMs ?? undefined);
    if (lease === undefined) throw standing.noDecision();
    const nowMs = keeper.logNowMs(lease.capturedAtMs);
    if (nowMs === undefined) throw standing.noDecision();
    const { logId, position } = index.applied();
    const wellFormed = known !== undefined || parseCode(code).ok;
    return { wellFormed, known, lease, nowMs: unixMs(Math.floor(nowMs)), logId, position };
  }

  #known(digest: string): Known | undefined {
    const { index, keeper, pepper } = this.parts;
    const found = index.lookupDigest(digest, pepper.keyId);
    if (found.kind === 'known') return found;
    if (found.kind === 'unknown') return undefined;
    throw new NoDecision('openclaw.validator.not-understood', keeper.retryAfterMs);
  }
}
