import { strangerReason, type DenialReason, type StrangerReason } from '@openclaw/domain';
import type { DenialReason as GrpcDenialReason } from './grpc/validator-v1.generated';

/** The name of a reason in `openclaw.validator.v1`; total, so that a new reason does not compile without one. */
export const GRPC_DENIAL: Readonly<Record<DenialReason | StrangerReason, GrpcDenialReason>> = {
  invalid_code: 'DENIAL_REASON_INVALID_CODE',
  malformed: 'DENIAL_REASON_MALFORMED',
  unknown_code: 'DENIAL_REASON_UNKNOWN_CODE',
  revoked: 'DENIAL_REASON_REVOKED',
  suspended: 'DENIAL_REASON_SUSPENDED',
  not_yet_valid: 'DENIAL_REASON_NOT_YET_VALID',
  expired: 'DENIAL_REASON_EXPIRED',
  idle_timed_out: 'DENIAL_REASON_IDLE_TIMED_OUT',
  session_ended: 'DENIAL_REASON_SESSION_ENDED',
  master_key_unavailable: 'DENIAL_REASON_MASTER_KEY_UNAVAILABLE',
  ip_denied: 'DENIAL_REASON_IP_DENIED',
  scope_denied: 'DENIAL_REASON_SCOPE_DENIED',
  already_used: 'DENIAL_REASON_ALREADY_USED',
  rate_limited: 'DENIAL_REASON_RATE_LIMITED',
};

/**
 * What an HTTP front door answers to the holder of a refused code (RFC 6750: 401 no valid token, 403 not for this).
 * By the stranger's reason, so that the status tells no more than the text does. Never 409: clients retry that.
 */
const HTTP_STATUS: Readonly<Record<StrangerReason, number>> = {
  invalid_code: 401,
  ip_denied: 403,
  scope_denied: 403,
  already_used: 403,
  rate_limited: 429,
};

/** HTTP status of a decision: 200 when allowed (`undefined`). */
export const httpStatusOf = (reason: DenialReason | undefined): number =>
  reason === undefined ? 200 : HTTP_STATUS[strangerReason(reason)];
