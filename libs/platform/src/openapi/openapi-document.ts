import { STATUS_CODES } from 'node:http';
import type { Type } from '@nestjs/common';
import { z } from 'zod';
import { type DeclaredRoute, declaredRoutes } from './declared-routes';
import type { ApiDescription, RouteDescription } from './route-table';
import { Schemas } from './schemas';

type Json = Readonly<Record<string, unknown>>;

/** Every error of a REST API (RFC 9457), as `ProblemFilter` writes it. */
const problemForm = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string().describe('stable: openclaw.<area>.<specific>'),
  errors: z.array(z.object({ field: z.string(), problem: z.string(), remedy: z.string() })).optional(),
});

/**
 * The OpenAPI 3.1 document of an app: made of the decorators of its controllers, the schemas that they parse with and
 * the table of what these do not say. Throws for a route that the table does not describe, or describes and is not there.
 */
export const openApiDocument = (controllers: readonly Type[], api: ApiDescription): Json => {
  const routes = declaredRoutes(controllers).filter(({ path }) => path !== '/openapi.json');
  const undescribed = routes.filter(({ name }) => !Object.hasOwn(api.routes, name)).map(({ name }) => name);
  const missing = Object.keys(api.routes).filter((name) => !routes.some((route) => route.name === name));
  if (undescribed.length + missing.length > 0) {
    throw new Error(`not described: ${undescribed.join(', ')}; described and not there: ${missing.join(', ')}`);
  }
  const writer = new DocumentWriter(api.forms);
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) {
    const description = api.routes[route.name];
    if (description === undefined) continue;
    paths[route.path] = { ...paths[route.path], [route.verb.toLowerCase()]: writer.operation(route, description) };
  }
  return {
    openapi: '3.1.1',
    info: {
      title: api.title,
      version: '1',
      description: api.description,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }],
    tags: Object.entries(api.tags).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', description: api.bearer } },
      responses: { Problem: problem(writer.answers.reference(problemForm, 'Problem')) },
      schemas: { ...writer.requests.components(), ...writer.answers.components() },
    },
  };
};

const problem = (schema: Json): Json => ({
  description: 'A problem (RFC 9457), with a stable code and the faulty fields',
  content: { 'application/problem+json': { schema } },
});

class DocumentWriter {
  readonly requests = new Schemas('input');
  readonly answers = new Schemas('output');

  constructor(forms: ApiDescription['forms']) {
    for (const [name, form] of Object.entries(forms)) this.answers.reference(form, name);
  }

  operation(route: DeclaredRoute, description: RouteDescription): Json {
    const { id, summary, tag, body } = description;
    const parameters = [...pathParameters(route.path), ...queryParameters(description.query), ...headers(description)];
    return {
      operationId: id,
      summary,
      tags: [tag],
      ...(route.access === 'public' ? { security: [] } : {}),
      ...(route.access === undefined || route.access === 'public' ? {} : { 'x-permission': route.access }),
      ...(parameters.length > 0 ? { parameters } : {}),
      ...(body === undefined ? {} : { requestBody: this.#requestBody(body, `${capital(id)}Request`) }),
      responses: this.#responses(route, description),
    };
  }

  #requestBody(body: z.ZodType, name: string): Json {
    const schema = this.requests.reference(body, name);
    // A body that needs no member may be left out.
    return { required: !body.safeParse({}).success, content: { 'application/json': { schema } } };
  }

  #responses(route: DeclaredRoute, description: RouteDescription): Json {
    const { id, answer, others = {} } = description;
    const own = Object.entries({ [route.status]: answer, ...others }).map(([status, form]): [string, Json] => [
      status,
      {
        description: STATUS_CODES[Number(status)] ?? '',
        ...told(description),
        content: this.#content(form, `${capital(id)}${status.startsWith('2') ? 'Answer' : `Answer${status}`}`),
      },
    ]);
    const problems = problemStatuses(route, description).map((status): [string, Json] => [
      String(status),
      { $ref: '#/components/responses/Problem' },
    ]);
    // Written by the HTTP parser before anything of ours is asked.
    const tooLong = { 431: { description: 'The address and the headers take more than 16 KiB' } };
    return { ...Object.fromEntries(problems), ...tooLong, ...Object.fromEntries(own) };
  }

  #content(form: z.ZodType | readonly string[], name: string): Json {
    if (form instanceof z.ZodType) return { 'application/json': { schema: this.answers.reference(form, name) } };
    return Object.fromEntries(form.map((media) => [media, { schema: { type: 'string' } }]));
  }
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Which problems a route can answer with: what it asks for, and what every route meets. */
const problemStatuses = (route: DeclaredRoute, description: RouteDescription): readonly number[] => {
  if (route.access === 'public') return [404, 500];
  const { body, query, ifMatch, write } = description;
  const takesSomething = body !== undefined || query !== undefined || write === true;
  return [
    ...(takesSomething ? [400] : []),
    ...[401, 403, 404],
    ...(write ? [409] : []),
    ...(ifMatch === undefined ? [] : [412]),
    ...(body === undefined ? [] : [413]),
    ...(write ? [422] : []),
    ...(ifMatch === 'needed' ? [428] : []),
    ...[429, 500, 503, 504],
  ];
};

const pathParameters = (path: string): Json[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string', minLength: 1 },
  }));

const queryParameters = (query: z.ZodType | undefined): Json[] => {
  if (query === undefined) return [];
  const { properties = {}, required = [] } = z.toJSONSchema(query, { io: 'input' });
  return Object.entries(properties).map(([name, schema]) => {
    const { description, ...rest } = typeof schema === 'object' ? schema : {};
    const described = description === undefined ? {} : { description };
    return { name, in: 'query', required: required.includes(name), ...described, schema: rest };
  });
};

const headers = ({ ifMatch, write }: RouteDescription): Json[] => [
  ...(write ? [IDEMPOTENCY_KEY] : []),
  ...(ifMatch === undefined ? [] : [{ ...IF_MATCH, required: ifMatch === 'needed' }]),
];

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'a retry with the same key has no second effect; 1 to 255 printable ASCII characters without spaces',
  schema: { type: 'string', pattern: '^[\\x21-\\x7e]{1,255}$' },
};
const IF_MATCH = {
  name: 'If-Match',
  in: 'header',
  description: 'the ETag that was seen, or * for whatever it is now',
  schema: { type: 'string' },
};

/** Headers of a success. */
const told = ({ etag, location }: RouteDescription): Json => {
  const text = (description: string): Json => ({ description, schema: { type: 'string' } });
  const names = {
    ...(etag ? { ETag: text('version of what is shown: If-Match of the next change') } : {}),
    ...(location ? { Location: text('where it is') } : {}),
  };
  return Object.keys(names).length > 0 ? { headers: names } : {};
};
