import type { DenialReason } from '@openclaw/domain';
import type { Position } from '@openclaw/event-log';

/** Why and on what knowledge a use was allowed or refused: everything, before it is cut to what the caller may see. */
export interface Decision {
  readonly allowed: boolean;
  /** Undefined when allowed. */
  readonly reason: DenialReason | undefined;
  /** Undefined when the code is malformed or unknown. */
  readonly code: KnownCode | undefined;
  readonly logId: string;
  readonly position: Position;
  /** By the log's clock, whole milliseconds since 1970. */
  readonly decidedAtMs: number;
  /** Nothing acknowledged longer ago than this, in whole milliseconds, is missing from what was known. */
  readonly freshnessAgeMs: number;
  readonly remainingUses: number | undefined;
  readonly remainingRate: number | undefined;
  /** End of the window that `remainingRate` is about. */
  readonly rateResetsAtMs: number | undefined;
  readonly retryAfterMs: number | undefined;
}

export interface KnownCode {
  readonly codeId: string;
  readonly masterKeyId: string;
  readonly revision: number;
  /** When the code, or the secret that was presented, ends by itself. */
  readonly expiresAtMs: number | undefined;
  /** When the session ends if the code is not used again. */
  readonly idleEndsAtMs: number | undefined;
}
