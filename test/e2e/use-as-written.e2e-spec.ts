import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { rest } from '../demo/clients';
import { startEmbeddedSystem } from '../demo/embedded-system';
import { AiService } from './examples/ai-service';
import { ask, callWithHeldCode, connected, protectedServer } from './examples/sdk-examples';
import { withJudge } from './tools/judge';
import { pythonWith } from './tools/python';

const run = promisify(execFile);
const TEST_MS = 60_000;

interface Seen {
  readonly status: number;
  readonly challenge: string;
  readonly retryAfter: string;
  readonly note: string;
}

const python = pythonWith('requests');

describe('a pairing code in place of an API key, as applications use it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'openclaw-use-'));
  let system: Awaited<ReturnType<typeof startEmbeddedSystem>>;
  let service: AiService;
  let masterKeyId: string;
  let codes: Readonly<Record<'good' | 'expired' | 'limited', string>>;

  beforeAll(async () => {
    system = await startEmbeddedSystem(folder);
    service = await AiService.start(system.validator, system.auditorToken);
    const call = rest(system.issuer, system.operatorToken);
    const key = await call('POST', '/v1/master-keys', { label: 'k', provider: 'openai', secret: 'sk-use-as-written' });
    masterKeyId = String(key.body['masterKeyId']);
    const issue = async (settings: object = {}): Promise<string> => {
      const body = { masterKeyId: key.body['masterKeyId'], label: 'l', scopes: ['openai:gpt-4o:chat'], ...settings };
      return String((await call('POST', '/v1/codes', body)).body['code']);
    };
    codes = {
      good: await issue(),
      expired: await issue({ expiresInSeconds: 1 }),
      limited: await issue({ rateLimits: { perDay: 1 } }),
    };
  }, TEST_MS);
  afterAll(async () => {
    await service.stop();
    await system.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const sees = async (caller: readonly string[], code: string, path = '/v1/chat/completions'): Promise<Seen> => {
    const [command = '', ...words] = caller;
    const { stdout } = await run(command, [...words, `${service.url}${path}`, code]);
    return JSON.parse(stdout) as Seen;
  };
  const untilExpired = async (caller: readonly string[]): Promise<Seen> => {
    for (;;) {
      const seen = await sees(caller, codes.expired);
      if (seen.status !== 200) return seen;
    }
  };

  const answersAsTheFieldExpects = async (caller: readonly string[], used: 'first' | 'again'): Promise<void> => {
    expect(await sees(caller, codes.good)).toEqual({ status: 200, challenge: '', retryAfter: '', note: '' });
    expect(await sees(caller, 'ocpc_nonsense')).toMatchObject({
      status: 400,
      challenge: expect.stringContaining('invalid_request') as string,
    });
    expect(await untilExpired(caller)).toMatchObject({
      status: 401,
      challenge: expect.stringContaining('invalid_token') as string,
    });
    expect(await sees(caller, codes.good, '/v1/embeddings')).toMatchObject({
      status: 403,
      challenge: expect.stringContaining('insufficient_scope') as string,
    });
    if (used === 'first') expect(await sees(caller, codes.limited)).toMatchObject({ status: 200 });
    const limited = await sees(caller, codes.limited);
    expect([limited.status, Number(limited.retryAfter) > 0]).toEqual([429, true]);
  };

  it(
    'JavaScript, fetch',
    () => answersAsTheFieldExpects([process.execPath, join(__dirname, 'examples/caller.mjs')], 'first'),
    TEST_MS,
  );

  withJudge(
    'missing' in python ? python.missing : undefined,
    'Python, requests',
    () =>
      answersAsTheFieldExpects(['path' in python ? python.path : '', join(__dirname, 'examples/caller.py')], 'again'),
    TEST_MS,
  );

  it(
    'a strict OAuth client finds the metadata of the service, and reads its challenges',
    async () => {
      const script = join(__dirname, 'examples/oauth-resource.mjs');
      const { stdout } = await run(process.execPath, [script, service.url, codes.good]);
      const metadata = `${service.url}/.well-known/oauth-protected-resource`;
      const challenge = (parameters: object): object => [
        { scheme: 'bearer', parameters: expect.objectContaining(parameters) as object },
      ];
      expect(JSON.parse(stdout)).toEqual({
        described: expect.objectContaining({ resource: service.url, bearer_methods_supported: ['header'] }) as object,
        allowed: { status: 200, challenges: [] },
        invalid: { status: 400, challenges: challenge({ error: 'invalid_request', resource_metadata: metadata }) },
        insufficient: {
          status: 403,
          challenges: challenge({ error: 'insufficient_scope', scope: 'openai:gpt-4o:embed' }),
        },
      });
    },
    TEST_MS,
  );

  it(
    'an application that holds codes of two seconds is never refused: each is renewed before it ends',
    async () => {
      const { call, held } = await callWithHeldCode(system.issuer, system.operatorToken, masterKeyId, service.url);
      const [used, statuses] = [new Set<string>(), new Set<number>()];
      while (used.size < 3) {
        used.add(held.current());
        statuses.add((await call()).status);
      }
      held.close();
      expect([...statuses]).toEqual([200]);
    },
    TEST_MS,
  );

  it(
    'a service gets to know whether a code is bad, nobody knows, or it is at fault itself',
    async () => {
      const said = async (token: string, address = system.validator, code = codes.good): Promise<string> => {
        const validator = connected(address, token);
        return ask(validator, code).finally(() => validator.close());
      };
      expect(await said(system.auditorToken)).toMatch(/^go on: [0-9a-z]+, any number of uses left$/);
      expect(await said('ocsv_nobody')).toMatch(/^our own fault: /);
      expect(await said(system.auditorToken, '127.0.0.1:9')).toMatch(/^nobody knows; try again in \d+ ms$/);
      expect(await said(system.auditorToken, system.validator, 'ocpc_x')).toMatch(/bad, or not for this: malformed$/);
    },
    TEST_MS,
  );

  it(
    'a server with the middleware knows who uses it',
    async () => {
      const validator = connected(system.validator, system.auditorToken);
      const server = protectedServer(validator).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      expect(await (await fetch(`${at}/health`)).text()).toBe('used by anybody');
      const headers = { authorization: `Bearer ${codes.good}` };
      expect(await (await fetch(`${at}/v1/chat`, { headers })).text()).toMatch(/^used by [0-9a-z]{26}$/);
      expect((await fetch(`${at}/v1/chat`)).status).toBe(401);
      server.close();
      await validator.close();
    },
    TEST_MS,
  );

  it(
    'trouble of the validator is 503 with when to try again, never a bad code',
    async () => {
      const away = await AiService.start('127.0.0.1:9', system.auditorToken);
      const { stdout } = await run(process.execPath, [
        join(__dirname, 'examples/caller.mjs'),
        `${away.url}/v1/chat/completions`,
        codes.good,
      ]);
      await away.stop();
      expect(JSON.parse(stdout)).toEqual({
        status: 503,
        challenge: '',
        retryAfter: '1',
        note: 'the service cannot check the code now: keep it, try again',
      });
    },
    TEST_MS,
  );
});
