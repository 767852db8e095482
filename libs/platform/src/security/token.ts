import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Pepper } from '@openclaw/contracts';

/** Operator and service tokens: 256 random bits behind a prefix that scanners find. Shown once, stored hashed. */
export const newToken = (kind: 'operator' | 'service'): string =>
  `oc${kind === 'operator' ? 'op' : 'sv'}_${randomBytes(32).toString('base64url')}`;

/** What the log holds of a token. */
export type TokenHash = (token: string) => string;

/** SHA-256 is enough for 256 random bits: there is nothing to guess (OWASP ASVS 5.0, 11.4.2 speaks of passwords). */
export const hashToken: TokenHash = (token) => createHash('sha256').update(token).digest('hex');

/**
 * HMAC-SHA-256 under a pepper: whoever can write to the log, but does not have the pepper, cannot make an operator
 * whose token they know. `<key id>:<hex>`, so that a hash under another pepper is never taken for one under this.
 */
export const keyedTokenHash =
  ({ keyId, key }: Pepper): TokenHash =>
  (token) =>
    `${keyId}:${createHmac('sha256', key).update(`operator-token\n${token}`).digest('hex')}`;

export const equalTokenHashes = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));

/** The token of an `Authorization: Bearer` header; undefined when there is none (RFC 6750 section 2.1). */
export const bearerToken = (header: string | undefined): string | undefined =>
  /^Bearer ([^\s]{1,512})$/i.exec(header ?? '')?.[1];
