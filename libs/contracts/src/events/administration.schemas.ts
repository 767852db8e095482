import { ROLES } from '@openclaw/domain';
import { z } from 'zod';
import { happened } from './happened.schemas';
import { identifier, list, positive, text } from './wire-values';

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
export const operatorRolesChanged = z
  .object({ ...inOperator, before: list(z.enum(ROLES)), roles: list(z.enum(ROLES)) })
  .describe('An operator got other roles, all at once');
export const operatorTokenReplaced = z.object({ ...inOperator, tokenHash }).describe('An operator got another token');
export const operatorRemoved = z.object(inOperator).describe('An operator was removed; last event of its stream');

export const subscriptionChanged = z
  .object({ account: identifier, ...happened, before: list(text), scopes: list(text) })
  .describe('What an account may issue codes for, as a whole');

export const adminEnrolled = z
  .object({ ...inOperator, since: positive.describe("Revision of the operator's stream at which it is an admin") })
  .describe('An operator counts as an admin; the roster keeps the last one from being removed');
export const adminWithdrawn = z
  .object({ ...inOperator, upTo: positive.nullable().describe("Revision of the operator's stream; null: for good") })
  .describe('An operator counts no more as an admin; said before it loses the role or is removed');

const inService = { service: identifier.describe('The name that stands in scopes'), ...happened };
const offer = z.object({ title: text, resources: list(text), actions: list(text) });

export const targetServiceRegistered = z
  .object({ ...inService, offer })
  .describe('A service, its resources and actions came into the catalogue');
export const targetServiceChanged = z
  .object({ ...inService, before: offer, after: offer })
  .describe('A service of the catalogue offers something else');
export const targetServiceRetired = z.object(inService).describe('No new code is issued for this service');
