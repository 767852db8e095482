import { createHash } from 'node:crypto';
import { ApiError } from '@openclaw/platform';
import { hasNul } from './paging';

type Key = readonly (string | number)[];

/**
 * Page tokens: where a page ended, bound to the query it belongs to, so that a token of another query is refused
 * instead of skipping rows. Opaque to callers; holds nothing that they have not just been shown.
 */
export const encodePage = (query: object, key: Key): string =>
  Buffer.from(JSON.stringify([fingerprint(query), ...key])).toString('base64url');

/** The key of a token; throws `openclaw.request.page-token-invalid` when it is not one of this query. */
export const decodePage = (query: object, token: string): Key => {
  const [of, ...key] = parsed(token);
  if (of !== fingerprint(query)) throw new ApiError('openclaw.request.page-token-invalid');
  return key;
};

const parsed = (token: string): (string | number)[] => {
  try {
    const value: unknown = JSON.parse(Buffer.from(token, 'base64url').toString());
    return Array.isArray(value) ? value.filter(isKeyPart) : [];
  } catch {
    return [];
  }
};

/** A token that was made up may hold what no view can be asked for. */
const isKeyPart = (one: unknown): one is string | number =>
  typeof one === 'number' || (typeof one === 'string' && !hasNul(one));

const fingerprint = (query: object): string => {
  const asked = Object.entries(query).filter(([, value]) => value !== undefined);
  asked.sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(asked)).digest('base64url').slice(0, 16);
};
