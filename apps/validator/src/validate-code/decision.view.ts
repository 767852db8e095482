import { GRPC_DENIAL, type Outgoing, encodePosition, toTimestamp, type validatorV1 } from '@openclaw/contracts';
import { strangerReason } from '@openclaw/domain';
import type { Caller } from '../callers/known-callers';
import type { Decision } from './decision';

/** A decision as this caller may see it: whether a code exists or ever did is for auditors only. */
export const decisionView = (decision: Decision, caller: Caller): Outgoing<validatorV1.Decision> => {
  const { allowed, reason, freshnessAgeMs, logId, position } = decision;
  const always = { allowed, position: encodePosition({ logId, offset: position }), freshnessAgeMs };
  if (reason === undefined) return { ...always, ...detailsOf(decision) };
  const shown = caller.auditor ? reason : strangerReason(reason);
  if (shown === 'invalid_code') return { ...always, reason: GRPC_DENIAL[shown] };
  return { ...always, reason: GRPC_DENIAL[shown], ...detailsOf(decision) };
};

const detailsOf = (decision: Decision): Outgoing<validatorV1.Decision> => {
  const { code, remainingUses, remainingRate, rateResetsAtMs, retryAfterMs } = decision;
  if (code === undefined) return {};
  const limits = {
    ...(remainingUses === undefined ? {} : { uses: remainingUses }),
    ...(remainingRate === undefined ? {} : { rate: remainingRate }),
    ...(rateResetsAtMs === undefined ? {} : { rateResetsAt: toTimestamp(rateResetsAtMs) }),
    ...(code.idleEndsAtMs === undefined ? {} : { idleEndsAt: toTimestamp(code.idleEndsAtMs) }),
  };
  return {
    codeId: code.codeId,
    codeRevision: code.revision,
    ...(code.expiresAtMs === undefined ? {} : { expiresAt: toTimestamp(code.expiresAtMs) }),
    ...(Object.keys(limits).length === 0 ? {} : { remaining: limits }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs: Math.ceil(retryAfterMs) }),
  };
};
