import { hash } from 'node:crypto';

/** 256 bits: a SHA-256 or HMAC-SHA-256. Two different things with one key do not happen. */
export const KEY_WORDS = 8;
/** Eight words. What the functions below answer is overwritten by the next call: use it in the same turn. */
export type Key = Int32Array;

const scratch = Buffer.alloc(4 * KEY_WORDS);
const words = new Int32Array(scratch.buffer, scratch.byteOffset, KEY_WORDS);

/** The key of 64 hexadecimal digits; anything else is a programming error and throws. */
export const keyOfHex = (hex: string): Key => {
  if (hex.length !== 2 * scratch.length || scratch.write(hex, 'hex') !== scratch.length) {
    throw new TypeError('not a key of 64 hexadecimal digits');
  }
  return words;
};

/** The key of a digest of 32 bytes that is given as 32 characters, one a byte. */
export const keyOfDigest = (digest: string): Key => {
  if (digest.length !== scratch.length) throw new TypeError('not a digest of 32 bytes');
  scratch.write(digest, 'latin1');
  return words;
};

/** The key of a text: its SHA-256. */
export const keyOfText = (text: string): Key => keyOfDigest(hash('sha256', text, 'binary'));

/** 64 lower-case hexadecimal digits. */
export const hexOfKey = (source: Int32Array, at: number): string => {
  words.set(source.subarray(at, at + KEY_WORDS));
  return scratch.toString('hex');
};
