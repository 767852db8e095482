import { ApiError } from '@openclaw/platform';
import fc from 'fast-check';
import { pageOf } from './page';

const row = (since: number) => ({ since });

const readAll = (rows: readonly { since: number }[], pageSize: number): number[] => {
  const read: number[] = [];
  let pageToken = '';
  do {
    const page = pageOf(rows, { pageSize, pageToken }, { owner: 'a' });
    expect(page.rows.length).toBeLessThanOrEqual(pageSize);
    read.push(...page.rows.map(({ since }) => since));
    pageToken = page.nextPageToken;
  } while (pageToken !== '');
  return read;
};

describe('a list in pages', () => {
  it('gives every row once and in order, whatever the page size', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat()), fc.integer({ min: 1, max: 9 }), (positions, pageSize) => {
        const ordered = positions.toSorted((a, b) => a - b);
        expect(readAll(ordered.map(row), pageSize)).toEqual(ordered);
      }),
    );
  });

  it('does not repeat or lose older rows when one of them stops matching between two pages', () => {
    const first = pageOf([1, 2, 3, 4].map(row), { pageSize: 2 }, {});
    const second = pageOf([1, 3, 4].map(row), { pageSize: 2, pageToken: first.nextPageToken }, {});
    expect(second).toEqual({ rows: [row(3), row(4)], nextPageToken: '' });
  });

  it.each(['x', 'MQ', Buffer.from('1.').toString('base64url')])('refuses the token %s that it never gave', (token) => {
    expect(() => pageOf([row(1)], { pageSize: 1, pageToken: token }, {})).toThrow(ApiError);
  });

  it('refuses a token with other filters than it was given for', () => {
    const { nextPageToken } = pageOf([row(1), row(2)], { pageSize: 1 }, { owner: 'a' });
    expect(() => pageOf([row(1)], { pageSize: 1, pageToken: nextPageToken }, { owner: 'b' })).toThrow(ApiError);
  });
});
