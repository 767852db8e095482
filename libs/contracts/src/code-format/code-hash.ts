import { createHmac, hash, timingSafeEqual, type KeyObject } from 'node:crypto';
import type { CodeSecret } from '@openclaw/domain';
import { CODE_LENGTH, type PlainCode } from './code-format';

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
export const secretOf = (code: PlainCode, its: Pepper): CodeSecret => ({
  codeHash: hmac(code, its.key, 'hex'),
  pepperKeyId: its.keyId,
});

/** The same hash as 32 characters, one a byte: what a validator looks a code up by, at each use. */
export const codeDigest = (code: PlainCode, { key }: Pepper): string => hmac(code, key, 'binary');

/** Is this the secret of the code? In constant time; needed only where one candidate is known (a lookup needs it not). */
export const isSecretOf = (code: PlainCode, secret: CodeSecret, its: Pepper): boolean => {
  const { codeHash, pepperKeyId } = secretOf(code, its);
  const [ours, theirs] = [Buffer.from(codeHash), Buffer.from(secret.codeHash)];
  return pepperKeyId === secret.pepperKeyId && ours.length === theirs.length && timingSafeEqual(ours, theirs);
};

const KEY_BYTES_MIN = 32;
const KEY_ID = /^[a-z0-9-]{1,32}$/;
const BLOCK_BYTES = 64;
const HASH_BYTES = 32;

/** The two blocks of RFC 2104 that begin the inner and the outer hash, each with room for what is hashed behind it. */
interface HmacBlocks {
  readonly inner: Buffer;
  readonly outer: Buffer;
}

/** They are as secret as the key; they end with it. */
const blocksByKey = new WeakMap<KeyObject, HmacBlocks>();

/**
 * HMAC-SHA-256 (RFC 2104) as two one-shot hashes: less than half the time of `createHmac`, whose objects cost more than
 * the hashing (`npm run bench -- decision` prints both). A property test holds it against `createHmac`.
 */
const hmac = (code: PlainCode, key: KeyObject, encoding: 'hex' | 'binary'): string => {
  if (code.length !== CODE_LENGTH) return createHmac('sha256', key).update(code, 'latin1').digest(encoding);
  const { inner, outer } = blocksByKey.get(key) ?? newBlocks(key);
  inner.write(code, BLOCK_BYTES, 'latin1');
  outer.write(hash('sha256', inner, 'binary'), BLOCK_BYTES, 'latin1');
  const digest = hash('sha256', outer, encoding);
  for (let at = BLOCK_BYTES; at < inner.length; at += 1) inner[at] = 0; // no code stays behind; faster than `fill`
  return digest;
};

const newBlocks = (key: KeyObject): HmacBlocks => {
  const whole = key.export();
  const bytes = whole.length > BLOCK_BYTES ? hash('sha256', whole, 'buffer') : whole;
  const inner = Buffer.alloc(BLOCK_BYTES + CODE_LENGTH);
  const outer = Buffer.alloc(BLOCK_BYTES + HASH_BYTES);
  for (let i = 0; i < BLOCK_BYTES; i += 1) {
    inner[i] = (bytes[i] ?? 0) ^ 0x36;
    outer[i] = (bytes[i] ?? 0) ^ 0x5c;
  }
  whole.fill(0);
  const blocks = { inner, outer };
  blocksByKey.set(key, blocks);
  return blocks;
};
