import { once } from 'node:events';
import { type IncomingMessage, type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Answer } from './answer';
import type { CodeUse, CodeValidator } from './code-use';
import { grantOf, guardRequests } from './guard-requests';

const ALLOWED: Answer = {
  outcome: 'allowed',
  codeId: 'c1',
  codeRevision: 1,
  position: 'p',
  freshnessAgeMs: 1,
  expiresAt: undefined,
  remaining: { uses: undefined, rate: undefined, rateResetsAt: undefined, idleEndsAt: undefined },
};
const denied = (
  reason: 'malformed' | 'expired' | 'scope_denied' | 'ip_denied' | 'already_used' | 'rate_limited',
): Answer => ({
  outcome: 'denied',
  reason,
  position: 'p',
  freshnessAgeMs: 1,
  retryAfterMs: reason === 'rate_limited' ? 2500 : undefined,
});

describe('requests that need a code, in an HTTP server', () => {
  const asked: CodeUse[] = [];
  const troubles: unknown[] = [];
  const seen: IncomingMessage[] = [];
  let answer: Answer;
  let server: Server;
  let url: string;

  beforeAll(async () => {
    const validator: CodeValidator = {
      validate: async (use) => {
        asked.push(use);
        return answer;
      },
      close: async () => undefined,
    };
    const guard = guardRequests(validator, {
      realm: 'ai',
      requires: ({ url: path }) => (path === '/open' ? undefined : 'openai:gpt-4o:chat'),
      resourceMetadata: 'https://ai.example/.well-known/oauth-protected-resource',
      onTrouble: (trouble) => troubles.push(trouble),
    });
    server = createServer((request, response) =>
      guard(request, response, () => {
        seen.push(request);
        response.end('in');
      }),
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());
  beforeEach(() => {
    for (const list of [asked, troubles, seen]) list.length = 0;
  });

  const ask = (headers: Record<string, string> = { authorization: 'Bearer ocpc_x' }, path = '/v1/chat?q=secret') =>
    fetch(url + path, { method: 'POST', headers });

  it('pass with an allowed code, which they no longer carry, and what is known of it', async () => {
    answer = ALLOWED;
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    expect(await (await ask({ authorization: 'Bearer ocpc_x', traceparent })).text()).toBe('in');
    expect(asked).toEqual([
      { code: 'ocpc_x', scope: 'openai:gpt-4o:chat', sourceIp: '127.0.0.1', endpoint: 'POST /v1/chat', traceparent },
    ]);
    const [passed] = seen;
    expect(passed?.headers.authorization).toBeUndefined();
    expect(passed === undefined ? undefined : grantOf(passed)).toBe(ALLOWED);
  });

  it('pass where no code is needed', async () => {
    expect((await ask({}, '/open')).status).toBe(200);
    expect(asked).toEqual([]);
  });

  it.each([
    [denied('malformed'), 400, 'error="invalid_request"'],
    [denied('expired'), 401, 'error="invalid_token"'],
    [
      denied('scope_denied'),
      403,
      'error="insufficient_scope", error_description="the code is not for this", scope="openai:gpt-4o:chat"',
    ],
    [denied('ip_denied'), 403, 'error="insufficient_scope"'],
    [denied('already_used'), 403, 'error="insufficient_scope"'],
  ])('are refused as RFC 6750 says: %j', async (its, status, challenge) => {
    answer = its;
    const response = await ask();
    expect([response.status, response.headers.get('cache-control')]).toEqual([status, 'no-store']);
    expect(response.headers.get('www-authenticate')).toContain(challenge);
    expect(response.headers.get('www-authenticate')).toContain('resource_metadata="https://ai.example/');
    expect([seen, troubles]).toEqual([[], []]);
  });

  it('are told when to come back, and nothing of a bad code, when there are too many or nobody knows', async () => {
    const tell = async (its: Answer): Promise<readonly unknown[]> => {
      answer = its;
      const { status, headers } = await ask();
      return [status, headers.get('retry-after'), headers.get('www-authenticate')];
    };
    expect(await tell(denied('rate_limited'))).toEqual([429, '3', null]);
    const stale: Answer = { outcome: 'cannot-know', why: 'openclaw.validator.stale', retryAfterMs: 1500 };
    const mistake: Answer = { outcome: 'mistake', why: 'openclaw.caller.unauthenticated', message: 'm' };
    expect(await tell(stale)).toEqual([503, '2', null]);
    expect(await tell(mistake)).toEqual([503, '1', null]);
    expect(troubles).toEqual([stale, mistake]);
  });

  it('without credentials, or with two, are not asked about', async () => {
    const statuses = [];
    for (const headers of [{}, { authorization: 'Basic eDp5' }, { authorization: 'Bearer a b' }]) {
      const { status, headers: told } = await ask(headers as Record<string, string>);
      statuses.push([status, told.get('www-authenticate')?.includes('error=')]);
    }
    expect(statuses).toEqual([
      [401, false],
      [401, false],
      [400, true],
    ]);
    expect(asked).toEqual([]);
  });
});
