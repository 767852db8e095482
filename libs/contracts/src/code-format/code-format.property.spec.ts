import { createHmac, createSecretKey } from 'node:crypto';
import fc from 'fast-check';
import { CODE_LENGTH, CODE_PREFIX, generateCode, parseCode, redactCodes, type PlainCode } from './code-format';
import { codeDigest, pepper, secretOf } from './code-hash';

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const code: fc.Arbitrary<PlainCode> = fc
  .infiniteStream(fc.nat(255))
  .map((bytes) => generateCode((count) => Uint8Array.from({ length: count }, () => bytes.next().value as number)));
const place = fc.integer({ min: 0, max: CODE_LENGTH - 1 });
const swapped = (text: string, i: number): string =>
  text.slice(0, i) + text.charAt(i + 1) + text.charAt(i) + text.slice(i + 2);

describe('laws of the code format', () => {
  it('every generated code parses', () => {
    fc.assert(fc.property(code, (its) => expect(parseCode(its)).toEqual({ ok: true, code: its })));
  });

  it('any typo of one character is refused, wherever it is and whatever it becomes', () => {
    const character = fc.oneof(fc.constantFrom(...BASE62), fc.string({ minLength: 1, maxLength: 1, unit: 'binary' }));
    fc.assert(
      fc.property(code, place, character, (its, at, typo) => {
        fc.pre(its.charAt(at) !== typo);
        expect(parseCode(its.slice(0, at) + typo + its.slice(at + 1)).ok).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });

  it('any two neighbours swapped inside the random part are noticed (a burst of 16 bits; CRC-32 finds all up to 32)', () => {
    const inSecret = fc.integer({ min: CODE_PREFIX.length, max: CODE_PREFIX.length + 60 });
    fc.assert(
      fc.property(code, inSecret, (its, at) => {
        fc.pre(its.charAt(at) !== its.charAt(at + 1));
        expect(parseCode(swapped(its, at))).toEqual({ ok: false, reason: 'checksum' });
      }),
    );
  });

  it('a character too many or too few is refused', () => {
    fc.assert(
      fc.property(code, place, fc.constantFrom(...BASE62), (its, at, extra) => {
        expect(parseCode(its.slice(0, at) + its.slice(at + 1)).ok).toBe(false);
        expect(parseCode(its.slice(0, at) + extra + its.slice(at)).ok).toBe(false);
      }),
    );
  });

  it('its hash is HMAC-SHA-256 as Node computes it, under any key, in either form', () => {
    const keys = fc.uint8Array({ minLength: 32, maxLength: 200 });
    fc.assert(
      fc.property(keys, fc.array(code, { minLength: 1, maxLength: 4 }), (bytes, codes) => {
        const its = pepper('p', createSecretKey(bytes));
        for (const one of codes) {
          const hmac = createHmac('sha256', bytes).update(one).digest();
          expect(secretOf(one, its).codeHash).toBe(hmac.toString('hex'));
          expect(Buffer.from(codeDigest(one, its), 'latin1')).toEqual(hmac);
        }
      }),
    );
  });

  it('parsing is total', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => typeof parseCode(text).ok === 'boolean'));
  });

  it('no code survives redaction, whatever surrounds it', () => {
    fc.assert(
      fc.property(fc.string(), code, fc.string(), (before, its, after) => {
        expect(redactCodes(before + its + after)).not.toContain(its);
      }),
    );
  });

  it('uses all 62 characters about equally (chi-squared over 124,000 characters, 1 in a million false alarm)', () => {
    const counts = new Map<string, number>();
    for (let i = 0; i < 2000; i += 1) {
      for (const character of generateCode().slice(5, -6)) counts.set(character, (counts.get(character) ?? 0) + 1);
    }
    const chiSquared = [...BASE62].reduce(
      (sum, character) => sum + ((counts.get(character) ?? 0) - 2000) ** 2 / 2000,
      0,
    );
    expect(chiSquared).toBeLessThan(129);
  });
});
