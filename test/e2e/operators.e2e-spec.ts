import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { issuerConfig, startIssuer } from '@openclaw/issuer';
import { auditConfig, startAudit } from '@openclaw/audit';
import type { RunningApp } from '@openclaw/platform';
import { type Installation, install } from '@openclaw/suite';
import { BENCH_START_TIMEOUT_MS, type Postgres, startPostgres } from '@openclaw/test/testbench';
import { eventually } from '../../apps/validator/testing/eventually';
import { type Answer, rest } from '../demo/clients';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

describe('operators, their roles and subscriptions, on a real PostgreSQL log', () => {
  const folder = mkdtempSync(join(tmpdir(), 'openclaw-operators-'));
  let postgres: Postgres;
  let installation: Installation;
  let issuer: RunningApp;
  let audit: RunningApp;
  let admin: ReturnType<typeof rest>;

  const as = (token: unknown): ReturnType<typeof rest> => rest(issuer.listens['http'] ?? '', String(token));
  const startIssuerWith = async (more: Readonly<Record<string, string>> = {}): Promise<RunningApp> => {
    const env = { ...installation.environment.issuer, OPENCLAW_ISSUER_HTTP_LISTEN: '127.0.0.1:0', ...more };
    return startIssuer(issuerConfig(env), quiet);
  };
  const bootstrapToken = (): string => readFileSync(installation.files.bootstrapTokenFile, 'utf8').trim();
  const add = (name: string, roles: readonly string[]): Promise<Answer> =>
    admin('POST', '/v1/operators', { name, roles, reason: 'joins the team' });

  beforeAll(async () => {
    postgres = await startPostgres();
    installation = await install({ adminUrl: await postgres.freshDatabase('operators'), folder });
    issuer = await startIssuerWith();
    const env = { ...installation.environment.audit, OPENCLAW_AUDIT_HTTP_LISTEN: '127.0.0.1:0' };
    audit = await startAudit(auditConfig(env), quiet);
    admin = as(bootstrapToken());
  }, BENCH_START_TIMEOUT_MS);

  afterAll(async () => {
    await audit.close();
    await issuer.close();
    await postgres.stop();
    rmSync(folder, { recursive: true });
  });

  it('shows the token of a new operator once, and never its hash', async () => {
    const { status, body } = await add('Ada', ['auditor']);
    expect(status).toBe(201);
    expect(body).toMatchObject({ name: 'Ada', roles: ['auditor'], status: 'active' });
    expect(String(body['token'])).toMatch(/^ocop_/);
    const { body: shown } = await admin('GET', `/v1/operators/${String(body['operatorId'])}`);
    expect(Object.keys(shown)).toEqual(['operatorId', 'name', 'roles', 'status', 'revision']);
  });

  it('gives each role what is its own, in every service', async () => {
    const auditor = String((await add('Bert', ['auditor'])).body['token']);
    const responder = String((await add('Cleo', ['responder'])).body['token']);
    expect((await as(auditor)('GET', '/v1/codes')).status).toBe(200);
    expect((await as(auditor)('POST', '/v1/operators', { name: 'x', roles: ['admin'] })).status).toBe(403);
    expect((await as(responder)('POST', '/v1/codes/none/revoke', { reason: 'r' })).status).toBe(404);
    expect((await as(responder)('POST', '/v1/codes', {})).status).toBe(403);
    const trail = (token: string): Promise<Answer> => rest(audit.listens['http'] ?? '', token)('GET', '/v1/trail');
    await eventually('audit knows both', async () => (await trail(responder)).status === 403);
    expect((await trail(auditor)).status).toBe(200);
    expect((await rest(issuer.listens['http'] ?? '', 'ocop_guessed')('GET', '/v1/codes')).status).toBe(401);
  });

  it('ends an old token with its replacement and every token with the removal, in every service', async () => {
    const { body } = await add('Dora', ['auditor']);
    const [id, old] = [String(body['operatorId']), String(body['token'])];
    const next = String((await admin('POST', `/v1/operators/${id}/token`, {})).body['token']);
    const auditTrail = (token: string): Promise<Answer> => rest(audit.listens['http'] ?? '', token)('GET', '/v1/trail');
    expect((await as(old)('GET', '/v1/codes')).status).toBe(401);
    expect((await as(next)('GET', '/v1/codes')).status).toBe(200);
    await eventually('audit takes the new token', async () => (await auditTrail(next)).status === 200);
    expect((await auditTrail(old)).status).toBe(401);
    await admin('POST', `/v1/operators/${id}/remove`, { reason: 'left' });
    expect((await as(next)('GET', '/v1/codes')).status).toBe(401);
    await eventually('audit refuses the removed', async () => (await auditTrail(next)).status === 401);
  });

  it('changes roles with the old and the new ones on record', async () => {
    const { body } = await add('Emil', ['auditor']);
    const id = String(body['operatorId']);
    const changed = await admin('POST', `/v1/operators/${id}/roles`, { roles: ['responder'], reason: 'on call' });
    expect(changed.body).toMatchObject({ roles: ['responder'], revision: 2 });
    const entry = await eventually('the trail has it', async () => {
      const path = `/v1/trail?entity=${id}`;
      const { body: trail } = await rest(audit.listens['http'] ?? '', bootstrapToken())('GET', path);
      const entries = trail['entries'] as readonly { readonly type: string; readonly reason: string }[];
      return entries.find(({ type }) => type === 'openclaw.operator.roles-changed.v1');
    });
    expect(entry).toMatchObject({ reason: 'on call', data: { before: ['auditor'], roles: ['responder'] } });
  });

  it('keeps the last admin', async () => {
    for (const [action, body] of [
      ['remove', { reason: 'r' }],
      ['roles', { roles: ['auditor'], reason: 'r' }],
    ] as const) {
      const answer = await admin('POST', `/v1/operators/bootstrap-admin/${action}`, body);
      expect([action, answer.status]).toEqual([action, 400]);
    }
    const other = await add('Fritz', ['admin']);
    expect(
      (await admin('POST', `/v1/operators/${String(other.body['operatorId'])}/remove`, { reason: 'r' })).status,
    ).toBe(200);
  });

  it('lets an issuer issue for what the account is subscribed to, and for nothing else', async () => {
    const { body } = await add('Gina', ['issuer']);
    const [account, call] = [String(body['operatorId']), as(body['token'])];
    const key = await admin('POST', '/v1/master-keys', {
      label: 'k',
      provider: 'openai',
      secret: 'sk-subscription-test',
    });
    const issue = (scopes: readonly string[]): Promise<Answer> =>
      call('POST', '/v1/codes', { masterKeyId: key.body['masterKeyId'], label: 'l', scopes });
    expect((await issue(['openai:gpt-4o:chat'])).status).toBe(403);
    const bad = await admin('PUT', `/v1/subscriptions/${account}`, { scopes: ['openai'] });
    expect([bad.status, JSON.stringify(bad.body)]).toEqual([400, expect.stringContaining('scopes')]);
    await admin('PUT', `/v1/subscriptions/${account}`, { scopes: ['openai:gpt-4o:*'], reason: 'team budget' });
    expect((await issue(['openai:gpt-4o:chat'])).status).toBe(201);
    for (const scopes of [['openai:*:chat'], ['openai:gpt-4o:chat', 'anthropic:claude:chat']]) {
      expect([scopes, (await issue(scopes)).status]).toEqual([scopes, 403]);
    }
    expect((await admin('GET', '/v1/subscriptions')).body['subscriptions']).toEqual([
      { account, scopes: ['openai:gpt-4o:*'], revision: 1 },
    ]);
  });

  it('believes a header about the address of a client only when a trusted proxy sends it', async () => {
    const addressOf = async (trusted: string): Promise<string> => {
      const other = await startIssuerWith({ OPENCLAW_TRUSTED_PROXIES: trusted });
      const call = rest(other.listens['http'] ?? '', bootstrapToken());
      const body = { name: 'Hans', roles: ['auditor'] };
      const { body: added } = await call('POST', '/v1/operators', body, { 'x-forwarded-for': '203.0.113.7' });
      await other.close();
      return eventually('the trail has it', async () => {
        const path = `/v1/trail?entity=${String(added['operatorId'])}`;
        const { body: trail } = await rest(audit.listens['http'] ?? '', bootstrapToken())('GET', path);
        return (trail['entries'] as readonly { readonly sourceIp: string }[])[0]?.sourceIp;
      });
    };
    expect(await addressOf('')).toBe('127.0.0.1');
    expect(await addressOf('127.0.0.0/8,::1/128')).toBe('203.0.113.7');
  });
});
