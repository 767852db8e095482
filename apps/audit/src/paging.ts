import { z } from 'zod';

const PAGE_SIZE_MAX = 500;
const PAGE_SIZE = 100;

/** What every listing takes: `after` is the `next_page_token` of the page before. */
export const pageVariables = {
  after: z.string().max(1000).optional(),
  page_size: z.coerce.number().int().min(1).max(PAGE_SIZE_MAX).default(PAGE_SIZE),
};

/** PostgreSQL keeps no NUL in a text: nothing in a view has one. */
export const hasNul = (text: string): boolean => text.includes('\0');

/** A name in a filter. */
export const filter = z
  .string()
  .min(1)
  .max(600)
  .regex(/^[^\0]*$/, 'holds a NUL')
  .optional();

/** A time in a filter. */
export const instant = z.iso
  .datetime({ offset: true, message: 'give an RFC 3339 instant such as 2027-01-01T00:00:00Z' })
  .transform((text) => new Date(text))
  .optional();

/** Cuts one row more than asked into a page; `tokenOf` is called with its last row when more rows follow. */
export const pageOf = <Row>(
  rows: readonly Row[],
  size: number,
  tokenOf: (last: Row) => string,
): { readonly page: readonly Row[]; readonly next_page_token: string | null } => {
  const page = rows.slice(0, size);
  const last = page.at(-1);
  return { page, next_page_token: rows.length > size && last !== undefined ? tokenOf(last) : null };
};
