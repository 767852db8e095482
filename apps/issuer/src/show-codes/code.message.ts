import { type Outgoing, type issuerV1, toDuration } from '@openclaw/contracts';
import { durationOf, timestampOf } from '../grpc/wire-values';
import type { CodeView } from './code.view';

export const CODE_STATES = {
  active: 'CODE_STATE_ACTIVE',
  suspended: 'CODE_STATE_SUSPENDED',
  revoked: 'CODE_STATE_REVOKED',
  expired: 'CODE_STATE_EXPIRED',
} as const satisfies Readonly<Record<CodeView['status'], issuerV1.CodeState>>;

/** A code as a message. */
export const codeMessage = (code: CodeView): Outgoing<issuerV1.PairingCode> => ({
  codeId: code.codeId,
  state: CODE_STATES[code.status],
  settings: settingsMessage(code),
  issuedAt: timestampOf(code.issuedAt),
  issuedBy: code.issuedBy,
  graceUntil: timestampOf(code.graceUntil),
  revokedAt: timestampOf(code.revokedAt),
  stateReason: code.statusReason,
  revision: code.revision,
});

const settingsMessage = (code: CodeView): Outgoing<issuerV1.CodeSettings> => {
  const { masterKeyId, label, owner, purpose, tags, scopes, ipAllowList, rateLimits, usesMax, freshnessBoundMs } = code;
  return {
    ...{ masterKeyId, label, owner, purpose, tags, scopes, ipAllowList, rateLimits },
    notBefore: timestampOf(code.notBefore),
    expiresAt: timestampOf(code.expiresAt),
    idleTimeout: durationOf(code.idleTimeoutSeconds),
    sessionLimit: durationOf(code.sessionLimitSeconds),
    usesMax: usesMax ?? undefined,
    freshnessBound: freshnessBoundMs === null ? undefined : toDuration(freshnessBoundMs),
  };
};
