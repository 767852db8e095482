import type { PairingCode, UnixMs } from '@openclaw/domain';
import { ApiError, type Traced } from '@openclaw/platform';
import { z } from 'zod';
import { instantForm, positionForm, revisionForm } from '../forms';

/** Expired = active, and its time is over: judged at each use; no event says so. */
export const CODE_STATUSES = ['active', 'suspended', 'revoked', 'expired'] as const;

/** A code as operators see it: never the code, never its hash. */
export const codeForm = z.strictObject({
  codeId: z.string(),
  status: z.enum(CODE_STATUSES),
  revision: revisionForm,
  issuedAt: instantForm,
  issuedBy: z.string(),
  statusReason: z.string(),
  revokedAt: instantForm.nullable(),
  graceUntil: instantForm.nullable().describe('until when the secret before the last rotation is valid'),
  masterKeyId: z.string(),
  label: z.string(),
  owner: z.string(),
  purpose: z.string(),
  tags: z.array(z.string()),
  scopes: z.array(z.string()),
  ipAllowList: z.array(z.string()),
  notBefore: instantForm.nullable(),
  expiresAt: instantForm.nullable(),
  idleTimeoutSeconds: z.number().nullable(),
  sessionLimitSeconds: z.number().nullable(),
  usesMax: z.int().nullable(),
  rateLimits: z.strictObject({
    perMinute: z.int().optional(),
    perHour: z.int().optional(),
    perDay: z.int().optional(),
  }),
  freshnessBoundMs: z.int().nullable(),
});
export type CodeView = z.output<typeof codeForm>;
export const writtenCodeForm = codeForm.extend({ position: positionForm });

type Issued = Exclude<PairingCode, { status: 'unissued' }>;

const at = (instant: UnixMs): string => new Date(instant).toISOString();
const inSeconds = (ms: number | null): number | null => (ms === null ? null : ms / 1000);

/** Where a code is in its life at an instant, in Unix milliseconds. */
export const codeStatus = ({ status, settings: { expiresAt } }: Issued, nowMs: number): CodeView['status'] =>
  status === 'active' && expiresAt !== null && expiresAt <= nowMs ? 'expired' : status;

export const codeView = ({ state: code, revision, provenance }: Traced<PairingCode>): CodeView => {
  if (code.status === 'unissued') throw new ApiError('openclaw.pairing-code.not-found');
  const { notBefore, expiresAt, idleTimeoutMs, sessionLimitMs, ...plain } = code.settings;
  return {
    codeId: code.codeId,
    status: codeStatus(code, Date.now()),
    revision,
    issuedAt: at(code.issuedAt),
    issuedBy: provenance.createdBy,
    statusReason: provenance.statusReason,
    revokedAt: code.status === 'revoked' ? at(code.revokedAt) : null,
    graceUntil: code.previous === undefined ? null : at(code.previous.graceUntil),
    masterKeyId: plain.masterKeyId,
    label: plain.label,
    owner: plain.owner,
    purpose: plain.purpose,
    tags: [...plain.tags],
    scopes: [...plain.scopes],
    ipAllowList: [...plain.ipAllowList],
    notBefore: notBefore === null ? null : at(notBefore),
    expiresAt: expiresAt === null ? null : at(expiresAt),
    idleTimeoutSeconds: inSeconds(idleTimeoutMs),
    sessionLimitSeconds: inSeconds(sessionLimitMs),
    usesMax: plain.usesMax,
    rateLimits: plain.rateLimits,
    freshnessBoundMs: plain.freshnessBoundMs,
  };
};
