import { createHmac, createSecretKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expectGoldenJson } from '@openclaw/contracts/testing';
import { CODE_LENGTH, CODE_PATTERN, codeHint, generateCode, parseCode, redactCodes } from './code-format';
import { isSecretOf, pepper, secretOf } from './code-hash';

const GOLDEN = join(__dirname, '../../golden/code-format.json');

/** Bytes 0, 1, 2... from `start`: what a broken random source could give, and a way to name a code by a number. */
const counting = (start: number) => (count: number) => Uint8Array.from({ length: count }, (_, i) => (start + i) % 256);
const secretKey = (byte: number) => createSecretKey(Buffer.alloc(32, byte));

describe('code format', () => {
  it('never drifts: these bytes give these codes, hints and hashes', () => {
    const codes = [0, 1, 100, 200].map((start) => {
      const code = generateCode(counting(start));
      const secrets = [7, 8].map((byte) => secretOf(code, pepper(`pepper-${byte}`, secretKey(byte))));
      return { firstRandomByte: start, code, hint: codeHint(code), secrets };
    });
    expectGoldenJson(GOLDEN, { pattern: CODE_PATTERN, codes });
  });

  it('computes the checksum as GitHub published it: CRC-32 of the random part only, base62, padded with 0', () => {
    const golden = JSON.parse(readFileSync(GOLDEN, 'utf8')) as { readonly codes: readonly { readonly code: string }[] };
    for (const { code } of golden.codes) {
      expect(code.slice(-6)).toBe(base62(bitwiseCrc32(code.slice(5, -6))));
    }
    expect(base62(bitwiseCrc32('zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ'))).toBe('0mLq17');
  });

  it('throws away the bytes that would favour some characters', () => {
    const unfair = (count: number): Uint8Array =>
      Uint8Array.from({ length: count }, (_, i) => (i % 2 === 0 ? 255 : 61));
    expect(generateCode(unfair).slice(5, -6)).toBe('z'.repeat(62));
  });

  it.each(['', 'ocpc_', `ghp_${'a'.repeat(36)}`, `OCPC_${'a'.repeat(68)}`, `ocpc_${'é'.repeat(68)}`])(
    'does not take %j for a code',
    (text) => expect(parseCode(text)).toEqual({ ok: false, reason: 'not a code' }),
  );

  it('tells a typo from something that is no code', () => {
    expect(parseCode(`ocpc_${'a'.repeat(68)}`)).toEqual({ ok: false, reason: 'checksum' });
  });

  it('does not take a code with anything before or after it', () => {
    const code = generateCode();
    for (const text of [` ${code}`, `${code}\n`, `${code}0`, `Bearer ${code}`]) expect(parseCode(text).ok).toBe(false);
    expect(code).toHaveLength(CODE_LENGTH);
  });

  it('redacts every code in a text, mistyped ones too, and shows nine characters', () => {
    const code = generateCode();
    const mistyped = `ocpc_${'a'.repeat(68)}`;
    const redacted = redactCodes(`got ${code} and ${mistyped}.`);
    expect(redacted).toBe(`got ${code.slice(0, 9)}[redacted] and ocpc_aaaa[redacted].`);
  });
});

describe('hash of a code', () => {
  const code = generateCode();

  it('is HMAC-SHA-256 of the whole code under a named key', () => {
    const codeHash = createHmac('sha256', Buffer.alloc(32, 7)).update(code).digest('hex');
    expect(secretOf(code, pepper('p-1', secretKey(7)))).toEqual({ codeHash, pepperKeyId: 'p-1' });
  });

  it('belongs to one code under one pepper', () => {
    const [a, b] = [pepper('a', secretKey(1)), pepper('b', secretKey(2))];
    expect(isSecretOf(code, secretOf(code, a), a)).toBe(true);
    expect(isSecretOf(generateCode(), secretOf(code, a), a)).toBe(false);
    expect(isSecretOf(code, secretOf(code, a), b)).toBe(false);
    expect(isSecretOf(code, { codeHash: '', pepperKeyId: 'a' }, a)).toBe(false);
  });

  it('refuses a pepper that is too short or cannot be named', () => {
    expect(() => pepper('a', createSecretKey(Buffer.alloc(31)))).toThrow(TypeError);
    expect(() => pepper('a.b', secretKey(1))).toThrow(TypeError);
    expect(() => pepper('', secretKey(1))).toThrow(TypeError);
  });
});

/** CRC-32 bit by bit (reflected polynomial 0xEDB88320): written apart from zlib, so that the two check each other. */
const bitwiseCrc32 = (text: string): number => {
  let crc = 0xffffffff;
  for (const byte of Buffer.from(text)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
};

const base62 = (value: number): string => {
  const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
  let rest = BigInt(value);
  const digits: string[] = [];
  for (; rest > 0n; rest /= 62n) digits.unshift(alphabet.charAt(Number(rest % 62n)));
  return digits.join('').padStart(6, '0');
};
