import { Inject, Injectable } from '@nestjs/common';
import { mayDo } from '@openclaw/domain';
import { ApiError, type Principal } from '@openclaw/platform';
import { FRESHNESS_BOUNDS } from '../tokens';

/** L of the deployment, and the laxest bound that a code may have of its own; milliseconds. */
export interface FreshnessBounds {
  readonly boundMs: number;
  readonly graceMaxMs: number;
}

/** Grace: a freshness bound beyond L, so that a code outlives a longer outage of the log, and its revocation bites later. */
@Injectable()
export class GraceCheck {
  constructor(@Inject(FRESHNESS_BOUNDS) private readonly bounds: FreshnessBounds) {}

  /** Throws an `ApiError` unless the caller may give a code this bound: grace needs the right to widen. */
  mayGrant(caller: Principal, freshnessBoundMs: number | null | undefined): void {
    const { boundMs, graceMaxMs } = this.bounds;
    if (freshnessBoundMs === undefined || freshnessBoundMs === null || freshnessBoundMs <= boundMs) return;
    const laxest = Math.max(boundMs, graceMaxMs);
    if (freshnessBoundMs > laxest) {
      const problem = `laxer than this deployment grants (${laxest} ms)`;
      throw new ApiError('openclaw.request.invalid', [
        { field: 'freshnessBoundMs', problem, remedy: `give at most ${laxest}` },
      ]);
    }
    if (!mayDo(caller.roles, 'code:widen')) throw new ApiError('openclaw.caller.forbidden');
  }
}
