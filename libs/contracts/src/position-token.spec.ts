import fc from 'fast-check';
import { decodePosition, encodePosition } from './position-token';

describe('position token', () => {
  it('never drifts', () => {
    expect(encodePosition({ logId: 'log-1', offset: -1 })).toBe('p1.0.log-1');
    expect(encodePosition({ logId: 'log-1', offset: 123_456 })).toBe('p1.2n9d.log-1');
    expect(encodePosition({ logId: 'log-1', offset: Number.MAX_SAFE_INTEGER - 1 })).toBe('p1.2gosa7pa2gv.log-1');
  });

  it('reads back what it wrote', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.integer({ min: -1, max: Number.MAX_SAFE_INTEGER - 1 }), (logId, offset) => {
        expect(decodePosition(encodePosition({ logId, offset }))).toEqual({ logId, offset });
      }),
    );
  });

  it.each([
    '',
    '17',
    'p1.17',
    'p1.017.log',
    'p1.-1.log',
    'p1.zzzzzzzzzzz.log',
    'p2.1.log',
    'p1.1.',
    'p1.1.a b',
    'p1.A.log',
  ])('takes %j for no position', (text) => expect(decodePosition(text)).toBeUndefined());

  it('is total', () => {
    fc.assert(fc.property(fc.string(), (text) => decodePosition(text) === undefined || text.startsWith('p1.')));
  });
});
