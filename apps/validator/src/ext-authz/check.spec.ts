import {
  type CheckRequest,
  type CheckResponse,
  GRPC_STATUS,
  type HttpAsked,
  envoyAuthorization,
} from '@openclaw/contracts';
import { ApiError, grpcError } from '@openclaw/platform';
import { NoDecision } from '../validate-code/no-decision';
import { authorizationCheck } from './authorization.grpc';
import { checkRequest } from './check-request';
import { checkResponse } from './check-response';

const SETTINGS = { 'openclaw.service': 'openai', 'openclaw.resource': 'gpt-4o', 'openclaw.action': 'chat' };
const CODE = `ocpc_${'A'.repeat(68)}`;

const asked = (http: Partial<HttpAsked> | null, settings: Record<string, string> = SETTINGS): CheckRequest => ({
  attributes: {
    source: { address: { socketAddress: { address: '10.1.2.3' } } },
    request: {
      http:
        http === null
          ? null
          : { id: '77', method: 'POST', path: '/v1/chat?key=x', headers: {}, headerMap: null, ...http },
    },
    contextExtensions: settings,
  },
});

const faultsOf = (request: CheckRequest): readonly string[] => {
  try {
    checkRequest(request);
    return [];
  } catch (error) {
    return error instanceof ApiError ? error.faults.map(({ field }) => field) : [String(error)];
  }
};

describe('a question of Envoy', () => {
  it('becomes a use: scope from the route, address from the last hop, the id that Envoy made', () => {
    const { use, credentials } = checkRequest(
      asked({ headers: { authorization: `Bearer ${CODE}`, 'x-request-id': 'mine' } }),
    );
    expect(credentials).toBe('code');
    expect(use).toEqual({
      code: CODE,
      service: 'openai',
      resource: 'gpt-4o',
      action: 'chat',
      sourceIp: '10.1.2.3',
      endpoint: 'POST /v1/chat?key=x',
      requestId: '77',
      traceparent: '',
    });
  });

  it('reads raw headers as it reads the others, and joins repeated ones', () => {
    const raw = (key: string, value: string) => ({ key, value: '', rawValue: Buffer.from(value) });
    const headers = [raw('authorization', `Bearer ${CODE}`), raw('authorization', 'Bearer other')];
    expect(checkRequest(asked({ headerMap: { headers: headers.slice(0, 1) } })).use.code).toBe(CODE);
    expect(checkRequest(asked({ headerMap: { headers } })).credentials).toBe('malformed');
  });

  it.each([
    ['1', '203.0.113.9'],
    ['2', '198.51.100.1'],
    ['3', ''],
  ])('takes entry %s of x-forwarded-for from the right: %j', (hop, address) => {
    const headers = { 'x-forwarded-for': '198.51.100.1, 203.0.113.9' };
    const { use } = checkRequest(asked({ headers }, { ...SETTINGS, 'openclaw.forwarded-hop': hop }));
    expect(use.sourceIp).toBe(address);
  });

  it('is refused as the mistake of whoever configured Envoy, with every fault by name', () => {
    expect(
      faultsOf(asked({}, { 'openclaw.service': 'a', 'openclaw.action': '', 'openclaw.forwarded-hop': '-1' })),
    ).toEqual([
      'context_extensions.openclaw.resource',
      'context_extensions.openclaw.action',
      'context_extensions.openclaw.forwarded-hop',
    ]);
    expect(faultsOf(asked(null))).toEqual(['attributes.request.http']);
    expect(faultsOf({ attributes: null })).toHaveLength(4);
  });
});

/** Over the wire form and back, as Envoy would read it. */
const carried = (response: CheckResponse): unknown => {
  const { Check } = envoyAuthorization();
  return Check?.responseDeserialize(Check.responseSerialize(response));
};

describe('a check', () => {
  const caller = { name: 'envoy', auditor: false };
  const question = asked({ headers: { authorization: `Bearer ${CODE}` } });

  it('without a decision is an error of the call, never an answer: Envoy then knows that we are in trouble', async () => {
    const check = authorizationCheck({
      validate: () => Promise.reject(new NoDecision('openclaw.validator.stale', 250)),
    });
    const thrown: unknown = await Promise.resolve(check(question, caller)).catch((error: unknown) => error);
    expect(grpcError(thrown)).toMatchObject({ code: GRPC_STATUS.UNAVAILABLE });
  });

  it('without a code is answered without asking', async () => {
    const never = authorizationCheck({ validate: () => Promise.reject(new Error('asked')) });
    const answers = [
      await never(asked({}), caller),
      await never(asked({ headers: { authorization: 'Bearer a b' } }), caller),
    ];
    expect(answers.map(({ deniedResponse }) => deniedResponse?.status.code)).toEqual([401, 400]);
  });
});

describe('an answer to Envoy', () => {
  const question = checkRequest(asked({ headers: { 'x-openclaw-code-id': 'forged', 'x-openclaw-evil': '1' } }));

  it('never leaves a header of ours to the client, and never removes one that it sets', () => {
    const decision = { allowed: true, codeId: 'c1', codeRevision: 3, position: 'p', freshnessAgeMs: 5 };
    const { okResponse, status, dynamicMetadata } = checkResponse(question, decision);
    const [set, removed] = [okResponse?.headers.map(({ header }) => header.key), okResponse?.headersToRemove];
    expect(status.code).toBe(0);
    expect(set).toEqual(['x-openclaw-code-id', 'x-openclaw-code-revision', 'x-openclaw-scope', 'x-openclaw-position']);
    expect(removed).toEqual(expect.arrayContaining(['authorization', 'x-openclaw-evil', 'x-openclaw-expires-at']));
    expect(removed?.filter((name) => set?.includes(name))).toEqual([]);
    expect(dynamicMetadata?.fields).toMatchObject({
      code_id: { stringValue: 'c1' },
      freshness_age_ms: { numberValue: 5 },
    });
  });

  it.each([
    ['DENIAL_REASON_INVALID_CODE', 401, 'www-authenticate'],
    ['DENIAL_REASON_REVOKED', 401, 'www-authenticate'],
    ['DENIAL_REASON_MALFORMED', 400, 'www-authenticate'],
    ['DENIAL_REASON_SCOPE_DENIED', 403, 'www-authenticate'],
    ['DENIAL_REASON_IP_DENIED', 403, 'www-authenticate'],
    ['DENIAL_REASON_ALREADY_USED', 403, 'www-authenticate'],
    ['DENIAL_REASON_RATE_LIMITED', 429, 'retry-after'],
  ] as const)('%s is %i with %s, also over the wire', (reason, status, header) => {
    const response = checkResponse(question, { allowed: false, reason, retryAfterMs: 1500 });
    expect(response.status.code).not.toBe(0);
    expect(response.deniedResponse?.headers.map((its) => its.header.key)).toContain(header);
    expect(carried(response)).toMatchObject({ deniedResponse: { status: { code: status } } });
  });

  it('is no allow for a decision that says nothing', () => {
    expect(checkResponse(question, {}).deniedResponse?.status.code).toBe(401);
  });
});
