/** A change of one thing, which answers with the thing and its version. */
export const change = { write: true, etag: true } as const;
export const create = { ...change, location: true } as const;
