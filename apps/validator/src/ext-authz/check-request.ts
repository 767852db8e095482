import { type CheckRequest, type Credentials, type HttpAsked, type Peer, bearerCredentials } from '@openclaw/contracts';
import { ApiError, type FieldFault } from '@openclaw/platform';
import type { UseMessage } from '../validate-code/use-request';

/** What Envoy asks about: the use to judge, unless the request brings no code, and what to tell Envoy afterwards. */
export interface Asked {
  readonly credentials: Credentials['kind'];
  readonly use: UseMessage;
  /** `service:resource:action` that the route requires. */
  readonly scope: string;
  /** Of the `x-openclaw-*` headers that the client sent, which no service behind Envoy may take for ours. */
  readonly foreignHeaders: readonly string[];
}

/** Prefix of the facts that we tell the services behind Envoy. */
export const FACT_PREFIX = 'x-openclaw-';

/** Keys of `check_settings.context_extensions` on a route. */
const REQUIRED = ['openclaw.service', 'openclaw.resource', 'openclaw.action'] as const;
/** Optional: the client's address is this entry of `x-forwarded-for`, counted from the right (1 = the last). */
const FORWARDED_HOP = 'openclaw.forwarded-hop';
const HOPS_MAX = 16;

/**
 * Reads a request of Envoy's ext_authz filter. Throws `ApiError` for what whoever configured Envoy has to mend: a route
 * that does not say what it requires, or a request that is not HTTP.
 */
export const checkRequest = (request: CheckRequest): Asked => {
  const { http, settings, lastHop } = partsOf(request);
  const hop = settings.get(FORWARDED_HOP) ?? '0';
  const faults = [...missing(settings), ...faultOfHop(hop)];
  if (http === undefined) faults.push({ field: 'attributes.request.http', ...NOT_HTTP });
  if (http === undefined || faults.length > 0) throw new ApiError('openclaw.request.invalid', faults);
  const headers = headersOf(http);
  const [service = '', resource = '', action = ''] = REQUIRED.map((key) => settings.get(key));
  const credentials = bearerCredentials(headers.get('authorization'));
  const use: UseMessage = {
    code: credentials.kind === 'code' ? credentials.code : '',
    service,
    resource,
    action,
    sourceIp: sourceOf(lastHop, Number(hop), headers),
    endpoint: `${http.method} ${http.path}`,
    // Envoy's own number of the request: the client cannot choose it, and a repeated check takes no second use.
    requestId: http.id,
    traceparent: headers.get('traceparent') ?? '',
  };
  const foreignHeaders = [...headers.keys()].filter((name) => name.startsWith(FACT_PREFIX));
  return { credentials: credentials.kind, use, scope: `${service}:${resource}:${action}`, foreignHeaders };
};

const partsOf = ({ attributes }: CheckRequest) => ({
  http: attributes?.request?.http ?? undefined,
  settings: new Map(Object.entries(attributes?.contextExtensions ?? {})),
  lastHop: addressOf(attributes?.source),
});

/** Empty: not known, and a code with an allow-list is refused. */
const addressOf = (peer: Peer | null | undefined): string => peer?.address?.socketAddress?.address ?? '';

const NOT_HTTP = { problem: 'not there', remedy: 'use the HTTP filter, not the network filter' };

const missing = (settings: ReadonlyMap<string, string>): FieldFault[] =>
  REQUIRED.filter((key) => (settings.get(key) ?? '') === '').map((key) => ({
    field: `context_extensions.${key}`,
    problem: 'not set',
    remedy: 'set it in the check_settings of the route',
  }));

const faultOfHop = (hop: string): FieldFault[] =>
  /^\d{1,2}$/.test(hop) && Number(hop) <= HOPS_MAX
    ? []
    : [{ field: `context_extensions.${FORWARDED_HOP}`, problem: 'not a count', remedy: `say 0 to ${HOPS_MAX}` }];

/** By lower-case name; repeated ones are joined, as Envoy does in `headers`. */
const headersOf = ({ headers, headerMap }: HttpAsked): ReadonlyMap<string, string> => {
  const all = new Map(Object.entries(headers));
  for (const { key, value, rawValue } of headerMap?.headers ?? []) {
    const text = value === '' ? rawValue.toString('latin1') : value;
    const before = all.get(key);
    all.set(key, before === undefined ? text : `${before},${text}`);
  }
  return all;
};

/** No such entry: the address is not known, and a code with an allow-list is refused. */
const sourceOf = (lastHop: string, hop: number, headers: ReadonlyMap<string, string>): string => {
  if (hop === 0) return lastHop;
  const entries = (headers.get('x-forwarded-for') ?? '').split(',');
  return entries.at(-hop)?.trim() ?? '';
};
