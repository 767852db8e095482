import { createHmac, timingSafeEqual, type KeyObject } from 'node:crypto';
import type { CodeSecret } from '@openclaw/domain';
import type { PlainCode } from './code-format';

/** The key of the hash. The key stays in memory as a `KeyObject`, so that it is in no string, log or JSON. */
export interface Pepper {
  /** 1 to 32 characters of `[a-z0-9-]`; public, never used again for another key. */
  readonly keyId: string;
  /** A secret key of at least 32 bytes. */
  readonly key: KeyObject;
}

/** A pepper that is usable, or a thrown `TypeError` that names the fault (a configuration error: refuse to start). */
export const pepper = (keyId: string, key: KeyObject): Pepper => {
  if (!KEY_ID.test(keyId)) throw new TypeError('pepper key id: 1 to 32 characters of a-z, 0-9 and "-"');
  if (key.type !== 'secret' || (key.symmetricKeySize ?? 0) < KEY_BYTES_MIN) {
    throw new TypeError(`pepper "${keyId}": needs a secret key of at least ${KEY_BYTES_MIN} bytes`);
  }
  return { keyId, key };
};

/**
 * What the log holds of a code: HMAC-SHA-256(pepper, the whole code), lower-case hex, and the id of the pepper. Keyed,
 * because the log is shared: with a bare hash anyone who can read the log could confirm a leaked code (OWASP ASVS 5.0,
 * 11.4 and 13.3). Unsalted and fast, because 369 random bits need no stretching and a lookup needs one value. While
 * two peppers are in use, look up under each.
 */
export const secretOf = (code: PlainCode, { keyId, key }: Pepper): CodeSecret => ({
  codeHash: createHmac('sha256', key).update(code, 'latin1').digest('hex'),
  pepperKeyId: keyId,
});

/** Is this the secret of the code? In constant time; needed only where one candidate is known (a lookup needs it not). */
export const isSecretOf = (code: PlainCode, secret: CodeSecret, its: Pepper): boolean => {
  const { codeHash, pepperKeyId } = secretOf(code, its);
  const [ours, theirs] = [Buffer.from(codeHash), Buffer.from(secret.codeHash)];
  return pepperKeyId === secret.pepperKeyId && ours.length === theirs.length && timingSafeEqual(ours, theirs);
};

const KEY_BYTES_MIN = 32;
const KEY_ID = /^[a-z0-9-]{1,32}$/;
