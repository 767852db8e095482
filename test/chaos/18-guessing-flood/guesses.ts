import { crc32 } from 'node:zlib';
import { CODE_PREFIX, generateCode } from '@openclaw/contracts';
import type { SeededRandom } from '../seeded-random';

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const CHECKSUM_DIGITS = 6;

const base62 = (value: number): string => {
  let text = '';
  for (let left = value; text.length < CHECKSUM_DIGITS; left = Math.floor(left / 62))
    text = BASE62.charAt(left % 62) + text;
  return text;
};

/** The code with one character of its secret changed and the checksum made right again: as near as a guess can be. */
export const nearMiss = (code: string, random: SeededRandom): string => {
  const secret = code.slice(CODE_PREFIX.length, -CHECKSUM_DIGITS);
  const at = random.between(0, secret.length - 1);
  const other = BASE62.replace(secret.charAt(at), '').charAt(random.between(0, 60));
  const changed = secret.slice(0, at) + other + secret.slice(at + 1);
  return CODE_PREFIX + changed + base62(crc32(changed));
};

/** A code with a typo: of the right length, with a checksum that is wrong. */
export const withTypo = (code: string): string => code.slice(0, -1) + (code.endsWith('A') ? 'B' : 'A');

/** What somebody tries who has seen a code and wants another one. */
export const guess = (code: string, random: SeededRandom): string => {
  const kind = random.next();
  if (kind < 0.6) return nearMiss(code, random);
  return kind < 0.9 ? generateCode() : withTypo(code);
};
