// Generated from openclaw/validator/v1/validator.proto: change that, then run the spec of generate/ with OPENCLAW_UPDATE_GOLDEN=1.
import type { Timestamp } from './well-known';

export type DenialReason =
  | 'DENIAL_REASON_UNSPECIFIED'
  | 'DENIAL_REASON_INVALID_CODE'
  | 'DENIAL_REASON_MALFORMED'
  | 'DENIAL_REASON_UNKNOWN_CODE'
  | 'DENIAL_REASON_REVOKED'
  | 'DENIAL_REASON_SUSPENDED'
  | 'DENIAL_REASON_NOT_YET_VALID'
  | 'DENIAL_REASON_EXPIRED'
  | 'DENIAL_REASON_IDLE_TIMED_OUT'
  | 'DENIAL_REASON_SESSION_ENDED'
  | 'DENIAL_REASON_MASTER_KEY_UNAVAILABLE'
  | 'DENIAL_REASON_IP_DENIED'
  | 'DENIAL_REASON_SCOPE_DENIED'
  | 'DENIAL_REASON_ALREADY_USED'
  | 'DENIAL_REASON_RATE_LIMITED';

export type ValidatorState =
  | 'VALIDATOR_STATE_UNSPECIFIED'
  | 'VALIDATOR_STATE_STARTING'
  | 'VALIDATOR_STATE_SERVING'
  | 'VALIDATOR_STATE_STALE'
  | 'VALIDATOR_STATE_HALTED';

export interface ValidateRequest {
  readonly code: string;
  readonly service: string;
  readonly resource: string;
  readonly action: string;
  readonly sourceIp: string;
  readonly endpoint: string;
  readonly requestId: string;
  readonly minPosition: string;
  readonly traceparent: string;
}

export interface ValidateResponse {
  readonly decision: Decision | null;
}

export interface ValidateBatchRequest {
  readonly requests: readonly ValidateRequest[];
  readonly minPosition: string;
}

export interface ValidateBatchResponse {
  readonly results: readonly ValidateResult[];
}

export interface ValidateStreamRequest {
  readonly batchId: number;
  readonly requests: readonly ValidateRequest[];
  readonly minPosition: string;
}

export interface ValidateStreamResponse {
  readonly batchId: number;
  readonly results: readonly ValidateResult[];
}

export interface ValidateResult {
  readonly decision?: Decision;
  readonly fault?: ValidateFault;
  readonly result?: 'decision' | 'fault';
}

export interface ValidateFault {
  readonly code: string;
  readonly message: string;
  readonly retriable: boolean;
  readonly retryAfterMs: number;
}

export interface Decision {
  readonly allowed: boolean;
  readonly reason: DenialReason;
  readonly codeId: string;
  readonly position: string;
  readonly freshnessAgeMs: number;
  readonly expiresAt: Timestamp | null;
  readonly remaining: RemainingLimits | null;
  readonly retryAfterMs: number;
  readonly codeRevision: number;
}

export interface RemainingLimits {
  readonly uses?: number;
  readonly rate?: number;
  readonly rateResetsAt: Timestamp | null;
  readonly idleEndsAt: Timestamp | null;
}

export type GetStatusRequest = Readonly<Record<string, never>>;

export interface GetStatusResponse {
  readonly state: ValidatorState;
  readonly incarnation: string;
  readonly logId: string;
  readonly position: string;
  readonly chainHash: string;
  readonly freshnessAgeMs: number;
  readonly leaseRemainingMs: number;
  readonly codeCount: string;
  readonly usageBacklog: string;
  readonly version: string;
  readonly usageDurability: string;
}
