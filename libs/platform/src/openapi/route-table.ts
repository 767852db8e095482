import type { z } from 'zod';

/** What the decorators of a route do not say. Bodies and queries are the very schemas that its controller parses with. */
export interface RouteDescription {
  /** `operationId`: a verb and a noun, unique in the document. */
  readonly id: string;
  readonly summary: string;
  readonly tag: string;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** The body of success; a list of media types where it is no JSON. */
  readonly answer: z.ZodType | readonly string[];
  /** Other statuses that carry a body of their own. */
  readonly others?: Readonly<Record<number, z.ZodType>>;
  /** `needed`: 428 without `If-Match`; `heeded`: it counts when it is there. */
  readonly ifMatch?: 'needed' | 'heeded';
  /** It answers with an ETag of what it shows. */
  readonly etag?: true;
  /** It creates something, and says where. */
  readonly location?: true;
  /** Its effect can be repeated safely with an `Idempotency-Key`. */
  readonly write?: true;
}

/** By `VERB /path`, as in `DeclaredRoute`. */
export type RouteTable = Readonly<Record<string, RouteDescription>>;

export interface ApiDescription {
  readonly title: string;
  readonly description: string;
  /** Tag -> what it is about. */
  readonly tags: Readonly<Record<string, string>>;
  /** What callers present: `operatorToken` or `serviceToken`, in words. */
  readonly bearer: string;
  readonly routes: RouteTable;
  /** Forms that get a name of their own in the document, by that name. */
  readonly forms: Readonly<Record<string, z.ZodType>>;
}

/** Routes of one tag. */
export const tagged = (tag: string, routes: Readonly<Record<string, Omit<RouteDescription, 'tag'>>>): RouteTable =>
  Object.fromEntries(Object.entries(routes).map(([name, route]) => [name, { ...route, tag }]));
