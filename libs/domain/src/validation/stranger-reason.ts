import type { DenialReason } from './evaluate';

/** What a caller sees who may not know more: whether a code exists, lives or lived is nobody's business. */
export type StrangerReason = 'invalid_code' | 'ip_denied' | 'scope_denied' | 'already_used' | 'rate_limited';

const SEEN: Readonly<Record<DenialReason, StrangerReason>> = {
  malformed: 'invalid_code',
  unknown_code: 'invalid_code',
  revoked: 'invalid_code',
  suspended: 'invalid_code',
  not_yet_valid: 'invalid_code',
  expired: 'invalid_code',
  idle_timed_out: 'invalid_code',
  session_ended: 'invalid_code',
  master_key_unavailable: 'invalid_code',
  ip_denied: 'ip_denied',
  scope_denied: 'scope_denied',
  already_used: 'already_used',
  rate_limited: 'rate_limited',
};

export const strangerReason = (reason: DenialReason): StrangerReason => SEEN[reason];
