import { setImmediate as nextTurn } from 'node:timers/promises';
import type { LeaseKeeper } from '@openclaw/freshness';
import type { UsageRecorder } from '../usage/usage-recorder';
import { CodeJudge, type CodeJudgeParts } from './code-judge';
import type { Decision } from './decision';
import type { Inspected } from './judge';
import type { UseRequest } from './use-request';

export interface ValidateCodeParts extends CodeJudgeParts {
  readonly keeper: LeaseKeeper;
  readonly usage: Pick<UsageRecorder, 'record' | 'withhold'>;
}

/**
 * Judges one use of a code. The order is the promise: state and lease are read together; what has to be claimed is
 * claimed, and then the code is judged again; the decision is recorded and its record is durable; and the last thing
 * before the answer is a look at the clock with the lease that the decision was made under (ARCHITECTURE sections 3, 6,
 * 7, 8).
 */
export class ValidateCode {
  readonly #judge: CodeJudge;

  constructor(private readonly parts: ValidateCodeParts) {
    this.#judge = new CodeJudge(parts);
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

  /** What a code is good for, if it is in force: a look that is no use. Rejects with `ApiError` when that cannot be known. */
  async inspect(code: string): Promise<Inspected | undefined> {
    const { inspected, lease } = await this.#judge.inspect(code);
    if (this.parts.keeper.stillFresh(lease)) return inspected;
    throw this.parts.standing.noDecision();
  }

  /** Undefined: it was decided, but too late to be given. */
  async #decide(use: UseRequest, begunAtMs: number): Promise<Decision | undefined> {
    const judged = this.#judge.decide(use);
    const { decision, lease } = judged instanceof Promise ? await judged : judged;
    const { usage, keeper } = this.parts;
    const recorded = usage.record(use, decision, Math.round((performance.now() - begunAtMs) * 1000));
    await recorded.kept;
    if (keeper.stillFresh(lease)) return decision;
    usage.withhold(recorded);
    return undefined;
  }
}
