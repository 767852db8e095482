import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { issuerConfig, startIssuer } from '@openclaw/issuer';
import type { RunningApp } from '@openclaw/platform';
import { type Installation, install } from '@openclaw/suite';
import { BENCH_START_TIMEOUT_MS, type Postgres, startPostgres } from '@openclaw/test/testbench';
import { startValidator, validatorConfig } from '@openclaw/validator';
import { type Answer, ValidatorClient, rest } from '../demo/clients';

const SECRET = `sk-canary-${'k'.repeat(40)}`;
const FREE = '127.0.0.1:0';
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

const idsOf = ({ body }: Answer): string[] => {
  const codes: unknown = body['codes'];
  return Array.isArray(codes) ? codes.map((code: { codeId: string }) => code.codeId) : [];
};

describe('lists of codes and master keys, on a real PostgreSQL log', () => {
  const folder = mkdtempSync(join(tmpdir(), 'openclaw-list-'));
  let postgres: Postgres;
  let issuer: RunningApp;
  let restart: () => Promise<void>;
  let call: ReturnType<typeof rest>;
  let masterKeyId: string;
  let installation: Installation;

  const issue = async (settings: object = {}): Promise<string> => {
    const { body } = await call('POST', '/v1/codes', {
      masterKeyId,
      label: 'l',
      scopes: ['openai:*:chat'],
      ...settings,
    });
    return String(body['codeId']);
  };

  beforeAll(async () => {
    postgres = await startPostgres(); // its own: an installation makes logins for the whole server
    installation = await install({ adminUrl: await postgres.freshDatabase('list'), folder });
    const env = { ...installation.environment.issuer, OPENCLAW_ISSUER_HTTP_LISTEN: '127.0.0.1:0' };
    restart = async () => {
      issuer = await startIssuer(issuerConfig(env), quiet);
      call = rest(issuer.listens['http'] ?? '', readFileSync(installation.files.bootstrapTokenFile, 'utf8').trim());
    };
    await restart();
    const { body } = await call('POST', '/v1/master-keys', { label: 'prod', provider: 'openai', secret: SECRET });
    masterKeyId = String(body['masterKeyId']);
  }, BENCH_START_TIMEOUT_MS);

  afterAll(async () => {
    await issuer.close();
    await postgres.stop();
    rmSync(folder, { recursive: true });
  });

  it('shows a writer its own write, each time', async () => {
    for (let round = 0; round < 20; round += 1) {
      const codeId = await issue({ owner: `own-${round}` });
      expect(idsOf(await call('GET', `/v1/codes?owner=own-${round}`))).toEqual([codeId]);
      await call('POST', `/v1/codes/${codeId}/revoke`, { reason: 'done' });
      expect(idsOf(await call('GET', `/v1/codes?owner=own-${round}&status=active`))).toEqual([]);
    }
  });

  it('filters by status, tag, expiry and master key together', async () => {
    const soon = await issue({ owner: 'f', tags: ['ci'], expiresAt: new Date(Date.now() + 60_000).toISOString() });
    const later = await issue({ owner: 'f', tags: ['ci'], expiresAt: new Date(Date.now() + 9e6).toISOString() });
    const never = await issue({ owner: 'f' });
    expect(idsOf(await call('GET', '/v1/codes?owner=f&tag=ci'))).toEqual([soon, later]);
    expect(idsOf(await call('GET', '/v1/codes?owner=f&expiringWithin=3600'))).toEqual([soon]);
    expect(idsOf(await call('GET', '/v1/codes?owner=f&noExpiry=true'))).toEqual([never]);
    expect(idsOf(await call('GET', `/v1/codes?owner=f&masterKey=${masterKeyId}`))).toEqual([soon, later, never]);
    expect(idsOf(await call('GET', '/v1/codes?owner=f&masterKey=other'))).toEqual([]);
  });

  it('tells codes that were never allowed anything from those that were, and from those that were only refused', async () => {
    const environment = { ...installation.environment.validator, OPENCLAW_VALIDATOR_HTTP_LISTEN: FREE };
    const config = validatorConfig({ ...environment, OPENCLAW_VALIDATOR_GRPC_LISTEN: FREE });
    const validator = await startValidator(config, quiet);
    const token = readFileSync(join(folder, 'auditor-service-token'), 'utf8').trim();
    const client = new ValidatorClient({ validator: validator.listens['grpc'] ?? '' }, token);
    const codes = await Promise.all(
      ['used', 'refused', 'untouched'].map(async (label) => {
        const settings = { masterKeyId, label, owner: 'u', scopes: ['openai:gpt-4o:chat'] };
        return (await call('POST', '/v1/codes', settings)).body;
      }),
    );
    const [used, refused, untouched] = codes.map(({ codeId }) => String(codeId));
    const use = async (body: Record<string, unknown> | undefined, scope: string): Promise<string> => {
      const { code, position } = body ?? {};
      return (await client.validate({ code: String(code), scope, minPosition: String(position) })).verdict;
    };
    expect(await use(codes[0], 'openai:gpt-4o:chat')).toBe('allow');
    expect(await use(codes[1], 'openai:gpt-4o:train')).toBe('DENIAL_REASON_SCOPE_DENIED');
    client.close();
    await validator.close(); // what it recorded is on the log now
    expect(new Set(idsOf(await call('GET', '/v1/codes?owner=u&neverUsed=true')))).toEqual(
      new Set([refused, untouched]),
    );
    expect(idsOf(await call('GET', '/v1/codes?owner=u&neverUsed=false'))).toEqual([used]);
  }, 60_000);

  it('knows an expired code, which no event tells of', async () => {
    const soon = await issue({ owner: 'x', expiresAt: new Date(Date.now() + 300).toISOString() });
    const living = await issue({ owner: 'x' });
    while (Date.parse(String((await call('GET', `/v1/codes/${soon}`)).body['expiresAt'])) > Date.now());
    expect(idsOf(await call('GET', '/v1/codes?owner=x&status=expired'))).toEqual([soon]);
    expect(idsOf(await call('GET', '/v1/codes?owner=x&status=active'))).toEqual([living]);
    expect(await call('GET', `/v1/codes/${soon}`)).toMatchObject({
      body: { status: 'expired', issuedBy: 'bootstrap-admin' },
    });
  });

  it('pages through, and names an unknown filter instead of ignoring it', async () => {
    const ids = [await issue({ owner: 'p' }), await issue({ owner: 'p' }), await issue({ owner: 'p' })];
    const first = await call('GET', '/v1/codes?owner=p&pageSize=2');
    const second = await call('GET', `/v1/codes?owner=p&pageSize=2&pageToken=${String(first.body['nextPageToken'])}`);
    expect([...idsOf(first), ...idsOf(second)]).toEqual(ids);
    expect(second.body['nextPageToken']).toBe('');
    expect(await call('GET', '/v1/codes?ownr=p')).toMatchObject({ status: 400 });
  });

  it('revokes by owner, each code once, and a retry says that nothing was left', async () => {
    const ids = [await issue({ owner: 'b' }), await issue({ owner: 'b' })];
    const spared = await issue({ owner: 'c' });
    const bulk = () =>
      call('POST', '/v1/codes/bulk-revoke', { owner: 'b', reason: 'left' }, { 'idempotency-key': 'b1' });
    const outcome = (what: string) => ids.map((codeId) => ({ codeId, outcome: what }));
    expect(await bulk()).toMatchObject({ status: 200, body: { results: outcome('revoked') } });
    expect(await bulk()).toMatchObject({ status: 200, body: { results: outcome('already-revoked') } });
    expect(idsOf(await call('GET', '/v1/codes?owner=b&status=revoked'))).toEqual(ids);
    expect(idsOf(await call('GET', '/v1/codes?owner=c&status=active'))).toEqual([spared]);
    expect(await call('POST', '/v1/codes/bulk-revoke', { reason: 'all' })).toMatchObject({ status: 400 });
  });

  it('is whole again after a restart, and never shows a secret', async () => {
    const before = await call('GET', '/v1/codes?pageSize=500');
    await issuer.close();
    await restart();
    const after = await call('GET', '/v1/codes?pageSize=500');
    expect(after.body).toEqual(before.body);
    const keys = await call('GET', '/v1/master-keys');
    expect(keys.body['masterKeys']).toMatchObject([{ masterKeyId, status: 'active' }]);
    expect(JSON.stringify([after.body, keys.body])).not.toMatch(/ocpc_|codeHash|sk-canary/);
  });
});
