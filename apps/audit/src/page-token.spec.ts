import { decodePage, encodePage } from './page-token';

describe('page tokens', () => {
  it('come back as they were, for the same query in any order', () => {
    const token = encodePage({ code: 'c-1', outcome: 'denied', reason: undefined }, ['2026-01-01T00:00:00.000Z', 3, 7]);
    expect(token).toMatch(/^[\w-]+$/);
    expect(decodePage({ outcome: 'denied', code: 'c-1' }, token)).toEqual(['2026-01-01T00:00:00.000Z', 3, 7]);
  });

  it.each(['', 'nonsense', Buffer.from('{"a":1}').toString('base64url'), encodePage({ code: 'c-2' }, [1])])(
    'of another query or of nobody are refused: %s',
    (token) => {
      expect(() => decodePage({ code: 'c-1' }, token)).toThrow('page-token-invalid');
    },
  );
});
