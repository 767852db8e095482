import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

/**
 * A pairing code is `ocpc_`, 62 random base62 characters (369 bits) and 6 base62 digits of the CRC-32 of those 62
 * (the scheme GitHub published for its tokens in 2021). Consumers treat it as opaque and at most 255 characters long.
 * The checksum rejects typos before any lookup and makes secret scanners exact; it is never authentication.
 */
export const CODE_PREFIX = 'ocpc_';
export const CODE_LENGTH = 73;
/** For scanners and redaction; free of look-around, so that RE2 and Hyperscan take it as it is. */
export const CODE_PATTERN = 'ocpc_[0-9A-Za-z]{68}';

/** A plain code: a secret. It exists in the one answer that creates it and in its holder's hands, never on the log. */
export type PlainCode = string & { readonly __brand: 'PlainCode' };

export type ParsedCode =
  { readonly ok: true; readonly code: PlainCode } | { readonly ok: false; readonly reason: 'not a code' | 'checksum' };

/** Gives `count` bytes from a cryptographically secure source. Injected in tests only. */
export type RandomSource = (count: number) => Uint8Array;

/** A new code from the operating system's CSPRNG. Never fails; a retry gives another code. */
export const generateCode = (random: RandomSource = randomBytes): PlainCode => {
  const secret = randomBase62(random);
  return `${CODE_PREFIX}${secret}${checksumOf(secret)}` as PlainCode;
};

/**
 * Tells whether a text has the form of a code and an intact checksum; total, reveals nothing about issued codes. One pass
 * over the characters, because every use of a code begins here.
 */
export const parseCode = (text: string): ParsedCode => {
  if (text.length !== CODE_LENGTH || !text.startsWith(CODE_PREFIX)) return NOT_A_CODE;
  let crc = -1;
  for (let at = CODE_PREFIX.length; at < CODE_LENGTH; at += 1) {
    const character = text.charCodeAt(at);
    if (character > LETTER_MAX || IS_BASE62[character] !== 1) return NOT_A_CODE;
    if (at < CHECKSUM_AT) crc = (CRC32[(crc ^ character) & 0xff] ?? 0) ^ (crc >>> 8);
  }
  let rest = ~crc >>> 0;
  for (let at = CODE_LENGTH - 1; at >= CHECKSUM_AT; at -= 1) {
    if (text.charCodeAt(at) !== ALPHABET.charCodeAt(rest % ALPHABET.length)) return WRONG_CHECKSUM;
    rest = Math.floor(rest / ALPHABET.length);
  }
  return { ok: true, code: text as PlainCode };
};

/** The first 9 characters (24 of 369 bits): the most of a code that a log or a screen may ever show. */
export const codeHint = (code: PlainCode): string => code.slice(0, CODE_PREFIX.length + 4);

/** Replaces everything that looks like a code, with or without an intact checksum, by its hint. */
export const redactCodes = (text: string): string =>
  text.replace(ANY_CODE, (found) => `${codeHint(found as PlainCode)}[redacted]`);

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const SECRET_CHARACTERS = 62;
const CHECKSUM_DIGITS = 6;
/** The largest multiple of 62 that a byte holds: bytes from here on would favour the first 8 characters (modulo bias). */
const FAIR_BYTES = 248;
const CHECKSUM_AT = CODE_LENGTH - CHECKSUM_DIGITS;
const NOT_A_CODE: ParsedCode = { ok: false, reason: 'not a code' };
const WRONG_CHECKSUM: ParsedCode = { ok: false, reason: 'checksum' };

/** `z` */
const LETTER_MAX = 122;
const IS_BASE62 = Uint8Array.from({ length: LETTER_MAX + 1 }, (_, character) =>
  ALPHABET.includes(String.fromCharCode(character)) ? 1 : 0,
);

/** CRC-32 of each byte (IEEE 802.3, reflected): the same sum as `zlib.crc32`, without a call for 62 characters. */
const CRC32 = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});
const ANY_CODE = new RegExp(CODE_PATTERN, 'g');

const randomBase62 = (random: RandomSource): string => {
  let text = '';
  while (text.length < SECRET_CHARACTERS) {
    for (const byte of random(SECRET_CHARACTERS)) {
      if (byte < FAIR_BYTES && text.length < SECRET_CHARACTERS) text += ALPHABET.charAt(byte % ALPHABET.length);
    }
  }
  return text;
};

const checksumOf = (secret: string): string => {
  let rest = crc32(secret);
  let digits = '';
  for (let i = 0; i < CHECKSUM_DIGITS; i += 1) {
    digits = ALPHABET.charAt(rest % ALPHABET.length) + digits;
    rest = Math.floor(rest / ALPHABET.length);
  }
  return digits;
};
