import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** Operator and service tokens: 256 random bits behind a prefix that scanners find. Shown once, stored hashed. */
export const newToken = (kind: 'operator' | 'service'): string =>
  `oc${kind === 'operator' ? 'op' : 'sv'}_${randomBytes(32).toString('base64url')}`;

/** SHA-256 is enough for 256 random bits: there is nothing to guess (OWASP ASVS 5.0, 11.4.2 speaks of passwords). */
export const hashToken = (token: string): string => createHash('sha256').update(token).digest('hex');

export const equalTokenHashes = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));

/** The token of an `Authorization: Bearer` header; undefined when there is none (RFC 6750 section 2.1). */
export const bearerToken = (header: string | undefined): string | undefined =>
  /^Bearer ([^\s]{1,512})$/i.exec(header ?? '')?.[1];
