import type { RouteDescription, RouteTable } from '@openclaw/platform';

/** Routes of one tag. */
export const tagged = (tag: string, routes: Readonly<Record<string, Omit<RouteDescription, 'tag'>>>): RouteTable =>
  Object.fromEntries(Object.entries(routes).map(([name, route]) => [name, { ...route, tag }]));

/** A change of one thing, which answers with the thing and its version. */
export const change = { write: true, etag: true } as const;
export const create = { ...change, location: true } as const;
