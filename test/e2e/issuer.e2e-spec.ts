import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { issuerConfig, startIssuer } from '@openclaw/issuer';
import type { RunningApp } from '@openclaw/platform';
import { type Installation, install } from '@openclaw/suite';
import { BENCH_START_TIMEOUT_MS, type Postgres, startPostgres } from '@openclaw/test/testbench';
import { type Answer, rest } from '../demo/clients';

const SECRET = `sk-canary-${'k'.repeat(40)}`;
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

describe('issuer over REST, on a real PostgreSQL log', () => {
  const folder = mkdtempSync(join(tmpdir(), 'openclaw-issuer-'));
  let postgres: Postgres;
  let installation: Installation;
  let issuer: RunningApp;
  let call: ReturnType<typeof rest>;
  let masterKeyId: string;

  const start = async (): Promise<void> => {
    const env = { ...installation.environment.issuer, OPENCLAW_ISSUER_HTTP_LISTEN: '127.0.0.1:0' };
    issuer = await startIssuer(issuerConfig(env), quiet);
    call = rest(issuer.listens['http'] ?? '', readFileSync(installation.files.bootstrapTokenFile, 'utf8').trim());
  };
  const issue = (settings: object = {}, headers: Record<string, string> = {}): Promise<Answer> =>
    call('POST', '/v1/codes', { masterKeyId, label: 'ci', scopes: ['openai:*:chat'], ...settings }, headers);

  beforeAll(async () => {
    postgres = await startPostgres(); // its own: an installation makes logins for the whole server
    installation = await install({ adminUrl: await postgres.freshDatabase('issuer'), folder });
    await start();
    const registered = await call('POST', '/v1/master-keys', { label: 'prod', provider: 'openai', secret: SECRET });
    masterKeyId = String(registered.body['masterKeyId']);
  }, BENCH_START_TIMEOUT_MS);

  afterAll(async () => {
    await issuer.close();
    await postgres.stop();
    rmSync(folder, { recursive: true });
  });

  it('keeps its secrets in files that only their owner can read', () => {
    for (const path of [
      installation.files.bootstrapTokenFile,
      installation.files.pepperFile,
      installation.files.envelopeKeyFile,
    ]) {
      expect(statSync(path).mode & 0o077).toBe(0);
    }
  });

  it('refuses strangers, and says nothing more', async () => {
    const stranger = rest(issuer.listens['http'] ?? '', 'ocop_nobody');
    expect(await stranger('GET', '/v1/codes/x')).toMatchObject({
      status: 401,
      body: { code: 'openclaw.caller.unauthenticated' },
    });
    expect((await stranger('GET', '/health/live')).status).toBe(200);
  });

  it('shows a code once: a retry with the same idempotency key meets the same code without its secret', async () => {
    const key = { 'idempotency-key': '"retry-1"' };
    const [first, second] = [await issue({ reason: 'x' }, key), await issue({ reason: 'x' }, key)];
    expect(first.status).toBe(201);
    expect(first.body['code']).toMatch(/^ocpc_[0-9A-Za-z]{68}$/);
    expect(second).toMatchObject({
      status: 200,
      body: { code: null, secretAvailable: false, codeId: first.body['codeId'] },
    });
    expect(await issue({ reason: 'another body' }, key)).toMatchObject({
      status: 422,
      body: { code: 'openclaw.request.idempotency-key-reused' },
    });
  });

  it('names every faulty field at once, with the remedy', async () => {
    const answer = await call('POST', '/v1/codes', { masterKeyId: 5, scopes: 'x', surprise: true });
    expect(answer).toMatchObject({ status: 400, body: { code: 'openclaw.request.invalid' } });
    const fields = (answer.body['errors'] as { field: string }[]).map(({ field }) => field);
    expect(fields).toEqual(expect.arrayContaining(['masterKeyId', 'scopes', 'label']));
  });

  it('gives no grace beyond what the deployment grants, and says how much that is', async () => {
    const { status, body } = await issue({ freshnessBoundMs: 10_001 });
    expect({ status, body }).toMatchObject({ status: 400, body: { errors: [{ field: 'freshnessBoundMs' }] } });
    expect(JSON.stringify(body['errors'])).toContain('give at most 10000');
    expect((await issue({ freshnessBoundMs: 1_000 })).status).toBe(201);
  });

  it('issues only under a master key that is there and active', async () => {
    expect(await issue({ masterKeyId: 'nobody' })).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'masterKeyId' }] },
    });
  });

  it('changes a code only for somebody who has seen its newest version', async () => {
    const { body } = await issue();
    const path = `/v1/codes/${String(body['codeId'])}`;
    const change = { label: 'renamed' };
    expect((await call('PATCH', path, change)).status).toBe(428);
    expect((await call('PATCH', path, change, { 'if-match': '"9"' })).status).toBe(412);
    expect(await call('PATCH', path, change, { 'if-match': '"1"' })).toMatchObject({
      status: 200,
      etag: '"2"',
      body: { label: 'renamed' },
    });
  });

  it('revokes for good, once, and repeats the answer', async () => {
    const { body } = await issue();
    const path = `/v1/codes/${String(body['codeId'])}`;
    expect((await call('POST', `${path}/revoke`, {})).status).toBe(400);
    const first = await call('POST', `${path}/revoke`, { reason: 'leaked' });
    const again = await call('POST', `${path}/revoke`, { reason: 'leaked' });
    expect(first).toMatchObject({ status: 200, body: { status: 'revoked', revision: 2 } });
    expect(again.body).toMatchObject({ status: 'revoked', revision: 2, position: first.body['position'] });
    expect((await call('POST', `${path}/rotate`, {})).status).toBe(409);
  });

  it('finds everything again after a restart', async () => {
    const { body } = await issue({ label: 'before the restart' });
    await issuer.close();
    await start();
    expect(await call('GET', `/v1/codes/${String(body['codeId'])}`)).toMatchObject({
      status: 200,
      body: { label: 'before the restart' },
    });
  });
});
