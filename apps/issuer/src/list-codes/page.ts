import { createHash } from 'node:crypto';
import { ApiError } from '@openclaw/platform';

export interface PageRequest {
  readonly pageSize: number;
  readonly pageToken?: string | undefined;
}

export interface Page<Row> {
  readonly rows: readonly Row[];
  /** Empty = this was the last page (AIP-158). */
  readonly nextPageToken: string;
}

/** A page of rows that are ordered by `since`. A token belongs to its filters; with others it is refused (400). */
export const pageOf = <Row extends { readonly since: number }>(
  matching: Iterable<Row>,
  { pageSize, pageToken }: PageRequest,
  filters: object,
): Page<Row> => {
  const digest = createHash('sha256').update(JSON.stringify(filters)).digest('base64url').slice(0, 12);
  const after = pageToken === undefined || pageToken === '' ? -1 : placeOf(pageToken, digest);
  const rows: Row[] = [];
  for (const row of matching) {
    if (row.since <= after) continue;
    if (rows.length === pageSize) return { rows, nextPageToken: tokenOf(rows.at(-1)?.since ?? after, digest) };
    rows.push(row);
  }
  return { rows, nextPageToken: '' };
};

const tokenOf = (since: number, digest: string): string => Buffer.from(`${since}.${digest}`).toString('base64url');

const placeOf = (token: string, digest: string): number => {
  const [since = '', of] = Buffer.from(token, 'base64url').toString().split('.');
  if (/^\d{1,15}$/.test(since) && of === digest) return Number(since);
  throw new ApiError('openclaw.request.invalid', [
    {
      field: 'pageToken',
      problem: 'not a token of a list with these filters',
      remedy: 'send the filters of the first page, or start again without a token',
    },
  ]);
};
