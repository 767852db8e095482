import type { Cidr } from '../network/cidr';
import type { RateLimits, RateUse } from '../rate-limit/rate-limit';
import type { Scope } from '../scope/scope';
import type { Milliseconds, UnixMs } from '../shared/time';

/** What a validator holds of one code, ready to be judged: settings parsed, use counted. */
export interface CodeView {
  readonly codeId: string;
  readonly status: 'active' | 'suspended' | 'revoked';
  /** Until when the presented secret counts: the grace of a rotated one, null for the newest. */
  readonly secretEndsAt: UnixMs | null;
  readonly masterKeyUsable: boolean;
  readonly scopes: readonly Scope[];
  readonly ipAllowList: readonly Cidr[];
  readonly notBefore: UnixMs | null;
  readonly expiresAt: UnixMs | null;
  readonly idleTimeoutMs: Milliseconds | null;
  readonly sessionLimitMs: Milliseconds | null;
  readonly usesMax: number | null;
  readonly rateLimits: RateLimits;
  readonly use: CodeUse;
}

/** How a code was used so far, as far as this validator knows. */
export interface CodeUse {
  readonly firstUsedAt: UnixMs | null;
  readonly lastUsedAt: UnixMs | null;
  readonly redeemed: number;
  readonly rate: RateUse;
}

export interface UseRequest {
  readonly scope: Scope;
  /** As text: parsing a hostile address is part of the judgement. */
  readonly sourceIp: string;
}
