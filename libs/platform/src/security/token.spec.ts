import { createSecretKey } from 'node:crypto';
import { pepper } from '@openclaw/contracts';
import { bearerToken, equalTokenHashes, hashToken, keyedTokenHash, newToken } from './token';

const keyOf = (byte: number, id = 'operators-1') => pepper(id, createSecretKey(Buffer.alloc(32, byte)));

describe('a token', () => {
  it('has a prefix that scanners find, and 256 random bits', () => {
    expect(newToken('operator')).toMatch(/^ocop_[A-Za-z0-9_-]{43}$/);
    expect(newToken('service')).toMatch(/^ocsv_[A-Za-z0-9_-]{43}$/);
    expect(new Set(Array.from({ length: 1000 }, () => newToken('operator'))).size).toBe(1000);
  });

  it('has a keyed hash that nobody makes without the key, and that names its key', () => {
    const token = newToken('operator');
    const hash = keyedTokenHash(keyOf(1))(token);
    expect(hash).toMatch(/^operators-1:[0-9a-f]{64}$/);
    expect(keyedTokenHash(keyOf(1))(token)).toBe(hash);
    expect(keyedTokenHash(keyOf(2))(token)).not.toBe(hash);
    expect(keyedTokenHash(keyOf(1, 'operators-2'))(token)).not.toBe(hash);
    expect(hash).not.toContain(hashToken(token));
  });

  it('is compared whole', () => {
    expect(equalTokenHashes('abc', 'abc')).toBe(true);
    for (const other of ['', 'ab', 'abd', 'abcd']) expect(equalTokenHashes('abc', other)).toBe(false);
  });

  it.each([
    ['Bearer ocop_x', 'ocop_x'],
    ['bearer ocop_x', 'ocop_x'],
    ['Basic ocop_x', undefined],
    ['Bearer', undefined],
    ['Bearer a b', undefined],
    [`Bearer ${'x'.repeat(513)}`, undefined],
    [undefined, undefined],
  ])('is read from %j', (header, token) => expect(bearerToken(header)).toBe(token));
});
