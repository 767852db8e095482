import { type CodeChanges, type CodeSettings, milliseconds, type UnixMs, unixMs } from '@openclaw/domain';
import { z } from 'zod';
import { namesField, reasonField, reasonNeeded } from '../forms';

const instant = z.iso.datetime({ offset: true, message: 'give an RFC 3339 instant such as 2027-01-01T00:00:00Z' });
const seconds = z
  .number()
  .int()
  .min(1)
  .max(10 * 365 * 86_400);

const settings = {
  label: z.string(),
  owner: z.string(),
  purpose: z.string(),
  tags: namesField,
  scopes: namesField,
  ipAllowList: namesField,
  notBefore: instant.nullable(),
  expiresAt: instant.nullable(),
  idleTimeoutSeconds: seconds.nullable(),
  sessionLimitSeconds: seconds.nullable(),
  usesMax: z.number().int().nullable(),
  rateLimits: z.strictObject({
    perMinute: z.number().int().optional(),
    perHour: z.number().int().optional(),
    perDay: z.number().int().optional(),
  }),
  freshnessBoundMs: z.number().int().nullable(),
};

/** Body of `POST /v1/codes`. What is left out does not limit. */
export const issueCodeBody = z.strictObject({
  masterKeyId: z.string(),
  ...z.object(settings).partial().shape,
  label: settings.label,
  scopes: settings.scopes,
  /** Instead of `expiresAt`: minutes to weeks from now. */
  expiresInSeconds: seconds.optional(),
  reason: reasonField,
});

/** Body of `PATCH /v1/codes/{id}`: only what changes. */
export const updateCodeBody = z.strictObject({ ...z.object(settings).partial().shape, reason: reasonField });

export const reasonBody = z.strictObject({ reason: reasonField });
export const revokeBody = z.strictObject({ reason: reasonNeeded });
export const rotateBody = z.strictObject({
  graceSeconds: z.number().int().min(0).max(604_800).default(0),
  reason: reasonField,
});

export type IssueCodeBody = z.output<typeof issueCodeBody>;
export type UpdateCodeBody = z.output<typeof updateCodeBody>;
export type RotateCodeBody = z.output<typeof rotateBody>;
export type ReasonBody = z.output<typeof reasonBody>;
export type RevokeBody = z.output<typeof revokeBody>;

const toInstant = (text: string | null | undefined): UnixMs | null => (text == null ? null : unixMs(Date.parse(text)));
const toMs = (count: number | null | undefined) => (count == null ? null : milliseconds(count * 1000));

export const settingsFrom = (body: IssueCodeBody, now: UnixMs): CodeSettings => ({
  masterKeyId: body.masterKeyId,
  label: body.label,
  owner: body.owner ?? '',
  purpose: body.purpose ?? '',
  tags: body.tags ?? [],
  scopes: body.scopes,
  ipAllowList: body.ipAllowList ?? [],
  notBefore: toInstant(body.notBefore),
  expiresAt:
    body.expiresInSeconds === undefined ? toInstant(body.expiresAt) : unixMs(now + body.expiresInSeconds * 1000),
  idleTimeoutMs: toMs(body.idleTimeoutSeconds),
  sessionLimitMs: toMs(body.sessionLimitSeconds),
  usesMax: body.usesMax ?? null,
  rateLimits: body.rateLimits ?? {},
  freshnessBoundMs: body.freshnessBoundMs == null ? null : milliseconds(body.freshnessBoundMs),
});

/** Only the settings that the body names; null takes a limit away (which needs the right to widen). */
export const changesFrom = (body: UpdateCodeBody): CodeChanges => {
  const { label, owner, purpose, tags, scopes, ipAllowList, usesMax, rateLimits } = body;
  const plain = { label, owner, purpose, tags, scopes, ipAllowList, usesMax, rateLimits };
  const timed = {
    notBefore: body.notBefore === undefined ? undefined : toInstant(body.notBefore),
    expiresAt: body.expiresAt === undefined ? undefined : toInstant(body.expiresAt),
    idleTimeoutMs: body.idleTimeoutSeconds === undefined ? undefined : toMs(body.idleTimeoutSeconds),
    sessionLimitMs: body.sessionLimitSeconds === undefined ? undefined : toMs(body.sessionLimitSeconds),
  };
  const freshness = body.freshnessBoundMs;
  const freshnessBoundMs = freshness === undefined || freshness === null ? freshness : milliseconds(freshness);
  return { ...plain, ...timed, freshnessBoundMs };
};
