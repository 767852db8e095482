import { z } from 'zod';
import { happened } from './happened.schemas';
import { identifier, list, milliseconds, positive, text, unixMs } from './wire-values';

const inCode = { codeId: identifier.describe('Public id; not derived from the code'), ...happened };

const secret = z
  .object({
    codeHash: z.string().regex(/^[0-9a-f]{64}$/).describe('HMAC-SHA-256 of the code under the pepper, lower-case hex'),
    pepperKeyId: identifier,
  })
  .describe('The stored form of a code; the code itself is never on the log'); // prettier-ignore

const settings = {
  masterKeyId: identifier,
  label: text,
  owner: text,
  purpose: text,
  tags: list(text),
  scopes: list(text).describe('service:resource:action, each part a name or *'),
  ipAllowList: list(text).describe('CIDR blocks; empty = from anywhere'),
  notBefore: unixMs.nullable(),
  expiresAt: unixMs.nullable(),
  idleTimeoutMs: milliseconds.nullable(),
  sessionLimitMs: milliseconds.nullable(),
  usesMax: positive.nullable().describe('1 = single-use'),
  rateLimits: z
    .object({ perMinute: positive.optional(), perHour: positive.optional(), perDay: positive.optional() })
    .describe('An absent limit does not limit'),
  // The first records have no such member: they were written before a code could ask for a bound of its own.
  freshnessBoundMs: milliseconds.nullable().default(null).describe("null or absent = the deployment's bound"),
};

/** Old and new value of one setting. A setting that a reader does not know makes the record not understood, never lost. */
const change = <Name extends keyof typeof settings>(name: Name) => {
  const value = settings[name];
  return z.object({ setting: z.literal(name), before: value, after: value });
};

export const pairingCodeIssued = z
  .object({ ...inCode, settings: z.object(settings), secret })
  .describe('A code was issued; first event of its stream');

export const pairingCodeUpdated = z
  .object({
    ...inCode,
    changes: list(
      z.discriminatedUnion('setting', [
        change('masterKeyId'),
        change('label'),
        change('owner'),
        change('purpose'),
        change('tags'),
        change('scopes'),
        change('ipAllowList'),
        change('notBefore'),
        change('expiresAt'),
        change('idleTimeoutMs'),
        change('sessionLimitMs'),
        change('usesMax'),
        change('rateLimits'),
        change('freshnessBoundMs'),
      ]),
    ),
  })
  .describe('Settings of a code were changed');

export const pairingCodeRotated = z
  .object({ ...inCode, secret, graceUntil: unixMs.describe('Until when the secret before this one is valid') })
  .describe('A code got a new secret');

export const pairingCodeSuspended = z.object(inCode).describe('A code was stopped for the time being');
export const pairingCodeResumed = z.object(inCode).describe('A stopped code was let go on');
export const pairingCodeReissued = z
  .object({ ...inCode, secret })
  .describe('A lost code: every older secret died and a new one lives');
export const pairingCodeRevoked = z.object(inCode).describe('A code ended for ever; last event of its stream');
