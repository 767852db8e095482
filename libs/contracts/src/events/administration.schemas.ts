import { ROLES } from '@openclaw/domain';
import { z } from 'zod';
import { happened } from './happened.schemas';
import { identifier, list, positive, text, unixMs } from './wire-values';

const inKey = { masterKeyId: identifier, ...happened };
const secret = z
  .object({ name: identifier, version: identifier })
  .describe('Where the key lies in the secret store; the key itself is never on the log');

export const masterKeyRegistered = z
  .object({ ...inKey, label: text, provider: text, secret })
  .describe('A master key was registered; first event of its stream');
export const masterKeyDisabled = z
  .object(inKey)
  .describe('No code under this master key is allowed for the time being');
export const masterKeyEnabled = z.object(inKey).describe('A disabled master key works again');
export const masterKeyRotated = z.object({ ...inKey, secret }).describe('A master key got another value');
export const masterKeyRevoked = z
  .object(inKey)
  .describe('A master key, and every code under it, ended for ever; last event of its stream');

const inOperator = { operatorId: identifier, ...happened };
const tokenHash = identifier.describe("Keyed hash of the operator's own token");

export const operatorAdded = z
  .object({ ...inOperator, name: text, roles: list(z.enum(ROLES)), tokenHash })
  .describe('An operator was added; first event of its stream');
export const operatorTokenReplaced = z.object({ ...inOperator, tokenHash }).describe('An operator got another token');
export const operatorRolesChanged = z
  .object({ ...inOperator, before: list(z.enum(ROLES)), roles: list(z.enum(ROLES)) })
  .describe('What an operator may do was changed, as a whole');
export const operatorRemoved = z.object(inOperator).describe('An operator was removed; last event of its stream');

export const subscriptionChanged = z
  .object({ account: identifier, ...happened, before: list(text), scopes: list(text) })
  .describe('What an account may issue codes for, as a whole');

export const codeRedeemed = z
  .object({
    codeId: identifier,
    at: unixMs,
    units: positive,
    requestId: identifier.describe('A retry with the same id is the same use'),
    validator: identifier,
  })
  .describe('A use of a code with a budget was claimed');
