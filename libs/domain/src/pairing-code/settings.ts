import type { RateLimits } from '../rate-limit/rate-limit';
import type { Milliseconds, UnixMs } from '../shared/time';

/** What a code may do, for whom, when, from where and how often. Texts and lists are as their owner wrote them. */
export interface CodeSettings {
  readonly masterKeyId: string;
  readonly label: string;
  readonly owner: string;
  readonly purpose: string;
  readonly tags: readonly string[];
  readonly scopes: readonly string[];
  /** CIDR blocks; empty = any address. */
  readonly ipAllowList: readonly string[];
  readonly notBefore: UnixMs | null;
  /** Null = does not expire by itself. */
  readonly expiresAt: UnixMs | null;
  /** Refused after this long without a use, counted from the first use; null = no limit. */
  readonly idleTimeoutMs: Milliseconds | null;
  /** A session starts with the first use and ends after this long; null = no limit. */
  readonly sessionLimitMs: Milliseconds | null;
  /** 1 = single use; null = unlimited. */
  readonly usesMax: number | null;
  readonly rateLimits: RateLimits;
  /** A stricter bound on the age of a validator's knowledge than the deployment's; null = the deployment's. */
  readonly freshnessBoundMs: Milliseconds | null;
}

export type SettingName = keyof CodeSettings;
/** Settings that can change during the life of a code. The master key cannot: that would be another code. */
export type CodeChanges = Partial<Omit<CodeSettings, 'masterKeyId'>>;
