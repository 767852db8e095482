import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type IncomingHttpHeaders, type OutgoingHttpHeaders, type Server, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rest } from '../demo/clients';
import { startEmbeddedSystem } from '../demo/embedded-system';
import { gateway } from './envoy/gateway';
import { Envoy, envoyBinary } from './tools/envoy';
import { withJudge } from './tools/judge';

const TEST_MS = 60_000;
const binary = envoyBinary();
const [path, missing] = 'path' in binary ? [binary.path, undefined] : ['', binary.missing];

/** A service that knows nothing of codes: it answers with the headers that it got. */
const startEcho = async (): Promise<{ readonly server: Server; readonly address: string }> => {
  const server = createServer((asked, answer) => answer.end(JSON.stringify(asked.headersDistinct)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, address: `127.0.0.1:${(server.address() as AddressInfo).port}` };
};

interface Seen {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** What the service behind Envoy got; undefined when nothing got there. */
  readonly got: Readonly<Record<string, readonly string[]>> | undefined;
  readonly body: string;
}

const ask = (url: string, headers: OutgoingHttpHeaders): Promise<Seen> =>
  new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', headers, agent: false }, (answer) => {
      let body = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => (body += chunk));
      answer.on('end', () => {
        const status = answer.statusCode ?? 0;
        const got = status === 200 ? (JSON.parse(body) as Seen['got']) : undefined;
        resolve({ status, headers: answer.headers, got, body });
      });
    });
    sent.on('error', reject);
    sent.end();
  });

describe('a real Envoy in front of a service, with the validator as its ext_authz', () => {
  const folder = mkdtempSync(join(tmpdir(), 'openclaw-envoy-spec-'));
  let system: Awaited<ReturnType<typeof startEmbeddedSystem>>;
  let echo: Awaited<ReturnType<typeof startEcho>>;
  let envoy: Envoy;
  let issue: (settings?: object) => Promise<Readonly<Record<'code' | 'codeId', string>>>;

  beforeAll(async () => {
    if (missing !== undefined) return;
    [system, echo] = await Promise.all([startEmbeddedSystem(folder), startEcho()]);
    const call = rest(system.issuer, system.operatorToken);
    const key = await call('POST', '/v1/master-keys', { label: 'k', provider: 'openai', secret: 'sk-behind-envoy' });
    issue = async (settings = {}) => {
      const body = { masterKeyId: key.body['masterKeyId'], label: 'l', scopes: ['openai:gpt-4o:chat'], ...settings };
      const issued = await call('POST', '/v1/codes', body);
      return { code: String(issued.body['code']), codeId: String(issued.body['codeId']) };
    };
    const required = (action: string, more: object = {}): Record<string, string> => ({
      'openclaw.service': 'openai',
      'openclaw.resource': 'gpt-4o',
      'openclaw.action': action,
      ...more,
    });
    const chat = { '/': required('chat') };
    const asks = { validator: system.validator, serviceToken: system.serviceToken };
    const away = { validator: '127.0.0.1:9', serviceToken: system.serviceToken };
    envoy = await Envoy.start(
      path,
      gateway(echo.address, [
        {
          name: 'main',
          ...asks,
          routes: {
            '/v1/embeddings': required('embed'),
            '/unset': { 'openclaw.service': 'openai' },
            '/proxied': required('chat', { 'openclaw.forwarded-hop': '1' }),
            ...chat,
          },
        },
        { name: 'raw', ...asks, filter: { encode_raw_headers: true }, routes: chat },
        { name: 'away', ...away, routes: chat },
        { name: 'away-503', ...away, filter: { status_on_error: { code: 503 } }, routes: chat },
        { name: 'stranger', ...asks, serviceToken: 'ocsv_wrong', routes: chat },
      ]),
    );
  }, TEST_MS);
  afterAll(async () => {
    if (missing !== undefined) return;
    await envoy.stop();
    echo.server.close();
    await system.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const judged = (title: string, prove: () => Promise<void>): void => withJudge(missing, title, prove, TEST_MS);
  const at = (listener: string, to = '/v1/chat/completions'): string => `${envoy.listeners[listener]}${to}`;
  const bearer = (code: string): Record<string, string> => ({ authorization: `Bearer ${code}` });

  judged('lets a request pass without its code, with our facts in place of whatever the client claimed', async () => {
    const { code, codeId } = await issue({ usesMax: 5, expiresInSeconds: 3600 });
    for (const listener of ['main', 'raw']) {
      const forged = {
        'X-OpenClaw-Code-Id': ['forged-1', 'forged-2'],
        'x-openclaw-admin': 'yes',
        'x-openclaw-scope': '',
      };
      const { status, got } = await ask(at(listener), { ...bearer(code), ...forged, 'x-own': 'kept' });
      expect(status).toBe(200);
      expect(got).toMatchObject({
        'x-openclaw-code-id': [codeId],
        'x-openclaw-scope': ['openai:gpt-4o:chat'],
        'x-openclaw-remaining-uses': [listener === 'main' ? '4' : '3'],
        'x-own': ['kept'],
      });
      expect(Object.keys(got ?? {}).filter((name) => /authorization|openclaw-admin|remaining-rate/.test(name))).toEqual(
        [],
      );
      expect(JSON.stringify(got)).not.toMatch(/forged|ocpc_/);
    }
  });

  judged('answers 401 with the bare challenge without credentials, and 400 for what is no single token', async () => {
    for (const headers of [{}, { authorization: 'Basic YTpi' }] as const) {
      const { status, headers: told, body } = await ask(at('main'), headers);
      expect([status, told['www-authenticate'], told['cache-control']]).toEqual([
        401,
        'Bearer realm="openclaw"',
        'no-store',
      ]);
      expect(body).not.toContain('"error"');
    }
    const two = await ask(at('main'), { authorization: 'Bearer a b' });
    expect([two.status, two.headers['www-authenticate']]).toEqual([
      400,
      expect.stringContaining('error="invalid_request"'),
    ]);
  });

  judged('answers 401 for a code that is not valid, whatever the reason, and says nothing else', async () => {
    const revoked = await issue();
    const call = rest(system.issuer, system.operatorToken);
    await call('POST', `/v1/codes/${revoked.codeId}/revoke?wait=all`, { reason: 'test' });
    const nobodys = `${revoked.code.slice(0, -6)}AAAAAA`;
    const answers = await Promise.all([revoked.code, nobodys, 'x'].map((code) => ask(at('main'), bearer(code))));
    for (const { status, headers, body } of answers) {
      expect([status, headers['www-authenticate']]).toEqual([401, expect.stringContaining('error="invalid_token"')]);
      expect(body).toBe(answers[0]?.body);
    }
  });

  judged('answers 403 out of scope or off the allow-list, and 429 with Retry-After', async () => {
    const { code } = await issue();
    const scope = await ask(at('main', '/v1/embeddings'), bearer(code));
    expect([scope.status, scope.headers['www-authenticate']]).toEqual([
      403,
      expect.stringMatching(/error="insufficient_scope".*scope="openai:gpt-4o:embed"/),
    ]);
    const elsewhere = await issue({ ipAllowList: ['203.0.113.0/24'] });
    expect((await ask(at('main'), bearer(elsewhere.code))).status).toBe(403);
    const limited = await issue({ rateLimits: { perDay: 1 } });
    expect((await ask(at('main'), bearer(limited.code))).status).toBe(200);
    const again = await ask(at('main'), bearer(limited.code));
    expect([again.status, Number(again.headers['retry-after']) > 0]).toEqual([429, true]);
  });

  judged('takes the address of the client from the hop that the route trusts, and from nowhere else', async () => {
    const { code } = await issue({ ipAllowList: ['203.0.113.0/24'] });
    const from = async (to: string, forwarded: string): Promise<number> =>
      (await ask(at('main', to), { ...bearer(code), 'x-forwarded-for': forwarded })).status;
    expect(await from('/proxied', '203.0.113.9')).toBe(200);
    expect(await from('/proxied', '203.0.113.9, 198.51.100.1')).toBe(403);
    expect(await from('/proxied', '198.51.100.1, 203.0.113.9')).toBe(200);
    expect(await from('/v1/chat/completions', '203.0.113.9')).toBe(403);
    expect((await ask(at('main', '/proxied'), bearer(code))).status).toBe(403);
  });

  judged('never tells a client that its code is bad when we cannot know', async () => {
    const { code } = await issue();
    const answers = await Promise.all(
      [at('away'), at('away-503'), at('main', '/unset'), at('stranger')].map((url) => ask(url, bearer(code))),
    );
    expect(answers.map(({ status }) => status)).toEqual([403, 503, 403, 403]);
    for (const { headers } of answers) expect(headers['www-authenticate']).toBeUndefined();
  });
});
