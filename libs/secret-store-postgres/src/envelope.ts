import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { SecretUnreadable, SecretValue } from '@openclaw/secret-store';
import type { KeyRing } from './key-ring';

/**
 * One secret at rest: the value under a data key of its own (AES-256-GCM, fresh for each version, so its nonce can
 * never meet a second message), and the data key under the key-encryption key. Both bind name and version as
 * additional data: a row moved to another name, or an older version put in a newer's place, does not open.
 */
export interface Envelope {
  readonly keyId: string;
  readonly wrappedKey: Buffer;
  readonly sealed: Buffer;
}

export interface SecretPlace {
  readonly name: string;
  readonly version: number;
}

export const seal = (secret: SecretValue, place: SecretPlace, keys: KeyRing): Envelope => {
  const dataKey = randomBytes(32);
  return {
    keyId: keys.currentId,
    wrappedKey: encrypt(keyNamed(keys.currentId, place, keys), dataKey, bound('data key', place)),
    sealed: encrypt(dataKey, Buffer.from(secret.reveal()), bound('value', place)),
  };
};

/** Throws `SecretUnreadable` when the key is not in the ring, or a single bit of the row or its place differs. */
export const unseal = (envelope: Envelope, place: SecretPlace, keys: KeyRing): SecretValue => {
  const dataKey = unwrap(envelope, place, keys);
  return new SecretValue(decrypt(dataKey, envelope.sealed, bound('value', place)).toString());
};

/** The same data key under the current key-encryption key; the value stays as it is. */
export const rewrapped = (envelope: Envelope, place: SecretPlace, keys: KeyRing): Envelope => {
  const key = keyNamed(keys.currentId, place, keys);
  const wrappedKey = encrypt(key, unwrap(envelope, place, keys), bound('data key', place));
  return { ...envelope, keyId: keys.currentId, wrappedKey };
};

const unwrap = (envelope: Envelope, place: SecretPlace, keys: KeyRing): Buffer =>
  decrypt(keyNamed(envelope.keyId, place, keys), envelope.wrappedKey, bound('data key', place));

const keyNamed = (id: string, place: SecretPlace, keys: KeyRing): Buffer => {
  const key = keys.key(id);
  if (key !== undefined) return key;
  throw new SecretUnreadable(
    `${place.name}@${place.version} is wrapped with the key ${id}, which is not in the key ring`,
  );
};

interface Bound {
  readonly aad: Buffer;
  readonly words: string;
}

const bound = (part: 'data key' | 'value', { name, version }: SecretPlace): Bound => ({
  aad: Buffer.from(JSON.stringify(['openclaw', part, name, version])),
  words: `the ${part} of ${name}@${version}`,
});

/** SP 800-38D: 96-bit nonce, 128-bit tag. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

const encrypt = (key: Buffer, plain: Buffer, { aad }: Bound): Buffer => {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES }).setAAD(aad);
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
};

const decrypt = (key: Buffer, stored: Buffer, { aad, words }: Bound): Buffer => {
  const tagAt = stored.length - TAG_BYTES;
  if (tagAt < NONCE_BYTES) throw new SecretUnreadable(`${words} was cut`);
  const nonce = stored.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(aad).setAuthTag(stored.subarray(tagAt));
  try {
    return Buffer.concat([decipher.update(stored.subarray(NONCE_BYTES, tagAt)), decipher.final()]);
  } catch {
    throw new SecretUnreadable(`${words} does not open: it was changed, or moved from another place`);
  }
};
