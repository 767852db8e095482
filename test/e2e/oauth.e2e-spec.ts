import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { reservePort } from '@openclaw/embedded-postgres';
import { ValidatorClient, rest } from '../demo/clients';
import { startEmbeddedSystem } from '../demo/embedded-system';
import { withJudge } from './tools/judge';
import { pythonWith } from './tools/python';

const run = promisify(execFile);
const TEST_MS = 60_000;
const WAIT_MS = 10_000;
const python = pythonWith('requests', 'authlib');
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

interface Issued {
  readonly code: string;
  readonly codeId: string;
}

describe('OAuth endpoints: introspection, revocation, metadata', () => {
  const folder = mkdtempSync(join(tmpdir(), 'openclaw-oauth-'));
  let system: Awaited<ReturnType<typeof startEmbeddedSystem>>;
  let client: ValidatorClient;
  let introspection: string;
  let call: ReturnType<typeof rest>;
  let masterKeyId: unknown;

  beforeAll(async () => {
    const [issuer, validator] = await Promise.all([reservePort('127.0.0.1'), reservePort('127.0.0.1')]);
    introspection = `http://127.0.0.1:${validator.port}/oauth/introspect`;
    system = await startEmbeddedSystem(folder, {
      OPENCLAW_ISSUER_HTTP_LISTEN: `127.0.0.1:${issuer.port}`,
      OPENCLAW_VALIDATOR_HTTP_LISTEN: `127.0.0.1:${validator.port}`,
      OPENCLAW_OAUTH_ISSUER: `http://127.0.0.1:${issuer.port}`,
      OPENCLAW_OAUTH_INTROSPECTION_ENDPOINT: introspection,
    });
    client = new ValidatorClient(system, system.auditorToken);
    call = rest(system.issuer, system.operatorToken);
    const key = await call('POST', '/v1/master-keys', { label: 'k', provider: 'openai', secret: 'sk-oauth-endpoints' });
    masterKeyId = key.body['masterKeyId'];
  }, TEST_MS);
  afterAll(async () => {
    client.close();
    await system.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const issue = async (settings: object = {}): Promise<Issued> => {
    const body = { masterKeyId, label: 'l', scopes: ['openai:gpt-4o:chat', 'openai:*:embed'], ...settings };
    const issued = await call('POST', '/v1/codes', body);
    const { code, codeId, position } = issued.body;
    await client.validate({ code: 'x', minPosition: String(position) });
    return { code: String(code), codeId: String(codeId) };
  };
  const post = (url: string, body: Record<string, string> | string, headers: object = {}): Promise<Response> =>
    fetch(url, { method: 'POST', headers: { ...FORM, ...headers }, body: new URLSearchParams(body) });
  const asService = (): object => ({ authorization: `Bearer ${system.serviceToken}` });
  const introspect = async (token: string): Promise<unknown> =>
    (await post(introspection, { token }, asService())).json();
  const revoke = async (token: string): Promise<number> =>
    (await post(`${system.issuer}/oauth/revoke`, { token })).status;
  const until = async (isSo: () => Promise<boolean>): Promise<void> => {
    const giveUpMs = performance.now() + WAIT_MS;
    while (!(await isSo()) && performance.now() < giveUpMs);
  };
  const verdict = async (code: string): Promise<string> => (await client.validate({ code })).verdict;

  it(
    'oauth4webapi discovers, introspects and revokes',
    async () => {
      const { code, codeId } = await issue({ expiresInSeconds: 3600 });
      const script = join(__dirname, 'examples/oauth-client.mjs');
      const { stdout } = await run(process.execPath, [script, system.issuer, 'example', system.serviceToken, code]);
      const seen = JSON.parse(stdout) as Record<string, Record<string, unknown>>;
      expect(seen['server']).toMatchObject({ issuer: system.issuer, response_types_supported: [] });
      expect(seen['before']).toEqual({
        active: true,
        token_type: 'Bearer',
        scope: 'openai:gpt-4o:chat openai:*:embed',
        jti: codeId,
        exp: expect.any(Number) as number,
        authorization_details: [
          { type: 'openclaw_ai', locations: ['openai'], identifier: 'gpt-4o', actions: ['chat'] },
          { type: 'openclaw_ai', locations: ['openai'], identifier: '*', actions: ['embed'] },
        ],
      });
      expect(seen['asBearer']).toEqual(seen['before']);
      expect(seen['unauthenticated']).toEqual({ status: 401, scheme: 'basic' });
      expect([seen['revoked'], seen['after']]).toEqual([3, { active: false }]);
    },
    TEST_MS,
  );

  withJudge(
    'missing' in python ? python.missing : undefined,
    'Authlib accepts the metadata, introspects and revokes',
    async () => {
      const { code } = await issue();
      const script = join(__dirname, 'examples/oauth_client.py');
      const words = [script, system.issuer, 'example', system.serviceToken, code];
      const { stdout } = await run('path' in python ? python.path : '', words);
      expect(JSON.parse(stdout)).toMatchObject({
        // RFC 8414 requires this member also where nothing is supported; Authlib takes an empty one for none.
        problems: ['"response_types_supported" is required'],
        before: { active: true },
        revoked: 200,
        after: { active: false },
      });
    },
    TEST_MS,
  );

  it(
    'introspection is no use: it takes none, counts against no limit, keeps no session alive, and is not in the trail',
    async () => {
      const { code, codeId } = await issue({ usesMax: 1, rateLimits: { perDay: 1 }, idleTimeoutSeconds: 2 });
      for (let looks = 0; looks < 5; looks += 1) expect(await introspect(code)).toMatchObject({ active: true });
      expect(await verdict(code)).toBe('allow');
      expect(await introspect(code)).toEqual({ active: false });
      const idle = await issue({ idleTimeoutSeconds: 1 });
      expect(await verdict(idle.code)).toBe('allow');
      const lives = async (): Promise<boolean> => ((await introspect(idle.code)) as { active: boolean }).active;
      await until(async () => !(await lives()));
      expect(await lives()).toBe(false);
      const uses = async (): Promise<readonly unknown[]> =>
        (await rest(system.audit, system.operatorToken)('GET', `/v1/usage?code=${codeId}`)).body['usage'] as unknown[];
      await until(async () => (await uses()).length > 0);
      expect(await uses()).toHaveLength(1);
    },
    TEST_MS,
  );

  it(
    'says nothing but "not active" of codes that are unknown, revoked, suspended, ended or not yet valid',
    async () => {
      const [suspended, revoked, late] = [
        await issue(),
        await issue(),
        await issue({ notBefore: '2999-01-01T00:00:00Z' }),
      ];
      await call('POST', `/v1/codes/${suspended.codeId}/suspend`, {});
      await call('POST', `/v1/codes/${revoked.codeId}/revoke?wait=all`, { reason: 'test' });
      for (const { code } of [suspended, revoked, late]) expect(await introspect(code)).toEqual({ active: false });
      for (const code of ['ocpc_nonsense', `${revoked.code.slice(0, -1)}!`]) {
        expect(await introspect(code)).toEqual({ active: false });
      }
    },
    TEST_MS,
  );

  it(
    'revocation by whoever holds the code is final, and on record with how it was proven',
    async () => {
      const { code, codeId } = await issue();
      expect(await verdict(code)).toBe('allow');
      expect(await revoke(code)).toBe(200);
      await until(async () => (await verdict(code)) !== 'allow');
      expect(await verdict(code)).toBe('DENIAL_REASON_REVOKED');
      const read = async (): Promise<readonly Record<string, unknown>[]> =>
        (await rest(system.audit, system.operatorToken)('GET', `/v1/codes/${codeId}/history`)).body['history'] as [];
      await until(async () => (await read()).length > 1);
      const [, revoked] = await read();
      expect(revoked).toMatchObject({
        type: 'openclaw.pairing-code.revoked.v1',
        actor: { id: `holder-of/${codeId}`, method: 'pairing-code' },
        sourceIp: '127.0.0.1',
      });
      expect(JSON.stringify(revoked)).not.toContain(code.slice(9));
    },
    TEST_MS,
  );

  it(
    'a secret that was rotated away ends nothing after its grace; within it, it does',
    async () => {
      const [now, graced] = [await issue(), await issue()];
      const rotate = async ({ codeId }: Issued, graceSeconds: number): Promise<string> =>
        String((await call('POST', `/v1/codes/${codeId}/rotate`, { graceSeconds })).body['code']);
      const [newest, next] = [await rotate(now, 0), await rotate(graced, 600)];
      expect([await revoke(now.code), await revoke(graced.code)]).toEqual([200, 200]);
      const statusOf = async ({ codeId }: Issued): Promise<unknown> =>
        (await call('GET', `/v1/codes/${codeId}`)).body['status'];
      expect([await statusOf(now), await statusOf(graced)]).toEqual(['active', 'revoked']);
      expect([newest, next].every((code) => code.startsWith('ocpc_'))).toBe(true);
    },
    TEST_MS,
  );

  it(
    'errors have the form of RFC 6749, are never cached, and a token in the query is not looked at',
    async () => {
      const { code } = await issue();
      const endpoints = [introspection, `${system.issuer}/oauth/revoke`];
      for (const url of endpoints) {
        const answers = [
          await post(url, {}, asService()),
          await post(`${url}?token=${code}`, {}, asService()),
          await post(url, `token=${code}&token=${code}`, asService()),
          await post(url, { token: code }, { ...asService(), 'content-type': 'application/json' }),
        ];
        for (const answer of answers) {
          expect([answer.status, answer.headers.get('cache-control')]).toEqual([400, 'no-store']);
          const text = await answer.text();
          expect(text).toContain('invalid_request');
          expect(text).not.toContain(code);
        }
      }
      for (const authorization of ['', 'Bearer wrong', 'Basic !!', `Basic ${btoa(`other:${system.serviceToken}`)}`]) {
        const answer = await post(introspection, { token: code }, { authorization });
        expect([answer.status, await answer.json()]).toEqual([
          401,
          expect.objectContaining({ error: 'invalid_client' }),
        ]);
        expect(answer.headers.get('www-authenticate')).toContain('Basic');
      }
      expect(await introspect(code)).toMatchObject({ active: true });
    },
    TEST_MS,
  );

  it(
    'whoever asks about ever new codes that nobody issued is told to come back later; codes that exist can still be revoked',
    async () => {
      const { code } = await issue();
      const { generateCode } = await import('@openclaw/contracts');
      const statuses = [];
      for (let tries = 0; tries < 12; tries += 1) statuses.push(await revoke(generateCode()));
      expect([statuses[0], statuses.at(-1)]).toEqual([200, 503]);
      expect(await revoke(code)).toBe(200);
      expect(await introspect(code)).toEqual({ active: false });
    },
    TEST_MS,
  );
});
