import {
  type BearerRefusal, type CheckResponse, GRPC_STATUS, type Outgoing, type SetHeader, type StructValue, bearerRefusal,
  fromTimestamp, refusalBody, refusalHeaders, type validatorV1,
} from '@openclaw/contracts'; // prettier-ignore
import { type Asked, FACT_PREFIX } from './check-request';

type Decision = Outgoing<validatorV1.Decision>;

const REALM = 'openclaw';
const FACTS = [
  'code-id', 'code-revision', 'scope', 'position', 'expires-at', 'remaining-uses', 'remaining-rate',
] as const; // prettier-ignore
type Fact = (typeof FACTS)[number];

/** What Envoy does with the request after this decision. */
export const checkResponse = (asked: Asked, decision: Decision): CheckResponse =>
  decision.allowed === true
    ? allowed(asked, decision)
    : refused(asked, bearerRefusal(decision.reason ?? 'DENIAL_REASON_UNSPECIFIED', decision.retryAfterMs ?? 0));

/** The client is answered by Envoy, as RFC 6750 says; the request goes no further. */
export const refused = ({ scope }: Asked, refusal: BearerRefusal): CheckResponse => ({
  status: { code: refusal.status === 401 ? GRPC_STATUS.UNAUTHENTICATED : GRPC_STATUS.PERMISSION_DENIED },
  deniedResponse: {
    status: { code: refusal.status },
    headers: Object.entries(refusalHeaders(refusal, { realm: REALM, scope })).map(setHeader),
    body: refusalBody(refusal),
  },
});

/**
 * The request goes on without the code and with what we know about it. Whatever `x-openclaw-*` the client sent is
 * replaced or removed, so that a service behind Envoy may believe those headers.
 */
const allowed = ({ scope, foreignHeaders }: Asked, decision: Decision): CheckResponse => {
  const facts = factsOf(scope, decision);
  const names = FACTS.filter((fact) => facts[fact] !== undefined).map((fact) => `${FACT_PREFIX}${fact}`);
  const toRemove = new Set([...foreignHeaders, ...FACTS.map((fact) => `${FACT_PREFIX}${fact}`)]);
  for (const name of names) toRemove.delete(name);
  return {
    status: { code: GRPC_STATUS.OK },
    okResponse: {
      headers: FACTS.flatMap((fact) => {
        const value = facts[fact];
        return value === undefined ? [] : [setHeader([`${FACT_PREFIX}${fact}`, value])];
      }),
      headersToRemove: ['authorization', ...toRemove],
    },
    dynamicMetadata: { fields: metadataOf(facts, decision) },
  };
};

const factsOf = (scope: string, decision: Decision): Readonly<Partial<Record<Fact, string>>> => {
  const { expiresAt, remaining } = decision;
  const endsAtMs = expiresAt == null ? undefined : fromTimestamp({ seconds: '0', nanos: 0, ...expiresAt });
  return {
    'code-id': decision.codeId ?? '',
    'code-revision': String(decision.codeRevision ?? 0),
    scope,
    position: decision.position ?? '',
    ...(endsAtMs === undefined ? {} : { 'expires-at': new Date(endsAtMs).toISOString() }),
    ...(remaining?.uses === undefined ? {} : { 'remaining-uses': String(remaining.uses) }),
    ...(remaining?.rate === undefined ? {} : { 'remaining-rate': String(remaining.rate) }),
  };
};

/** For later filters and access logs, under `envoy.filters.http.ext_authz`: the facts with underscores. */
const metadataOf = (facts: Readonly<Partial<Record<Fact, string>>>, { freshnessAgeMs }: Decision) => ({
  ...Object.fromEntries(
    Object.entries(facts).map(([name, stringValue]): [string, StructValue] => [
      name.replaceAll('-', '_'),
      { stringValue },
    ]),
  ),
  freshness_age_ms: { numberValue: freshnessAgeMs ?? 0 },
});

const setHeader = ([key, value]: readonly [string, string]): SetHeader => ({
  header: { key, value },
  append: { value: false },
});
