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

/** Tells whether a text has the form of a code and an intact checksum; total, reveals nothing about issued codes. */
export const parseCode = (text: string): ParsedCode => {
  if (!hasCodeForm(text)) return { ok: false, reason: 'not a code' };
  const secret = text.slice(CODE_PREFIX.length, CODE_LENGTH - CHECKSUM_DIGITS);
  return checksumOf(secret) === text.slice(-CHECKSUM_DIGITS)
    ? { ok: true, code: text }
    : { ok: false, reason: 'checksum' };
};

/**
 * Whether a text could be a code, its checksum left aside: who finds its hash among those of issued codes need not look
 * at the checksum any more. Character by character, because every use of a code begins here.
 */
export const hasCodeForm = (text: string): text is PlainCode => {
  if (text.length !== CODE_LENGTH || !text.startsWith(CODE_PREFIX)) return false;
  for (let at = CODE_PREFIX.length; at < CODE_LENGTH; at += 1) {
    const character = text.charCodeAt(at);
    if (character > LETTER_MAX || IS_BASE62[character] !== 1) return false;
  }
  return true;
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
/** `z` */
const LETTER_MAX = 122;
const IS_BASE62 = Uint8Array.from({ length: LETTER_MAX + 1 }, (_, character) =>
  ALPHABET.includes(String.fromCharCode(character)) ? 1 : 0,
);

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
