import type { PairingCode } from '@openclaw/domain';
import type { UnixMs } from '@openclaw/domain';

type Issued = Exclude<PairingCode, { status: 'unissued' }>;

const at = (instant: UnixMs | null): string | null => (instant === null ? null : new Date(instant).toISOString());
const inSeconds = (ms: number | null): number | null => (ms === null ? null : ms / 1000);

/** A code as operators see it: never the code, never its hash. */
export const codeView = (code: Issued, revision: number) => {
  const { settings } = code;
  const { notBefore, expiresAt, idleTimeoutMs, sessionLimitMs, ...plain } = settings;
  return {
    codeId: code.codeId,
    status: code.status,
    revision,
    issuedAt: at(code.issuedAt),
    revokedAt: code.status === 'revoked' ? at(code.revokedAt) : null,
    graceUntil: code.previous === undefined ? null : at(code.previous.graceUntil),
    ...plain,
    notBefore: at(notBefore),
    expiresAt: at(expiresAt),
    idleTimeoutSeconds: inSeconds(idleTimeoutMs),
    sessionLimitSeconds: inSeconds(sessionLimitMs),
  };
};
