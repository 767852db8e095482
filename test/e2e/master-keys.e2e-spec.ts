import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { issuerConfig, startIssuer } from '@openclaw/issuer';
import type { RunningApp } from '@openclaw/platform';
import { type Installation, install } from '@openclaw/suite';
import { type Postgres, startPostgres } from '@openclaw/test/testbench';
import { Client } from 'pg';
import { type Answer, rest } from '../demo/clients';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const PASTED = `sk-pasted-${'p'.repeat(40)}`;
const MOUNTED = `sk-mounted-${'m'.repeat(40)}`;

describe('the value of a master key, over REST', () => {
  const folder = mkdtempSync(join(tmpdir(), 'openclaw-master-keys-'));
  const mounted = mkdtempSync(join(tmpdir(), 'openclaw-mounted-'));
  let postgres: Postgres;
  let adminUrl: string;
  let installation: Installation;
  const running: RunningApp[] = [];

  const start = async (env: Readonly<Record<string, string>>): Promise<ReturnType<typeof rest>> => {
    const config = issuerConfig({
      ...installation.environment.issuer,
      OPENCLAW_ISSUER_HTTP_LISTEN: '127.0.0.1:0',
      ...env,
    });
    const issuer = await startIssuer(config, quiet);
    running.push(issuer);
    return rest(issuer.listens['http'] ?? '', readFileSync(installation.files.bootstrapTokenFile, 'utf8').trim());
  };
  const key = (value: object, call: ReturnType<typeof rest>, headers = {}): Promise<Answer> =>
    call('POST', '/v1/master-keys', { label: 'prod', provider: 'openai', ...value }, headers);

  beforeAll(async () => {
    postgres = await startPostgres(); // its own: an installation makes logins for the whole server
    adminUrl = await postgres.freshDatabase('master_keys');
    installation = await install({ adminUrl, folder });
    writeFileSync(join(mounted, 'openai:prod@1'), MOUNTED, { mode: 0o600 });
    writeFileSync(join(mounted, 'openai:prod@2'), `${MOUNTED}-2`, { mode: 0o600 });
  });
  afterAll(async () => {
    await Promise.all(running.map((issuer) => issuer.close()));
    await postgres.stop();
    for (const path of [folder, mounted]) rmSync(path, { recursive: true });
  });

  /** Every stored event as text. */
  const log = async (): Promise<string> => {
    const client = new Client({ connectionString: adminUrl });
    await client.connect();
    const { rows } = await client.query<{ table: string }>(
      `SELECT quote_ident(table_schema) || '.' || quote_ident(table_name) AS table FROM information_schema.tables
       WHERE table_schema LIKE 'openclaw%' AND table_type = 'BASE TABLE'`,
    );
    const texts = [];
    for (const { table } of rows)
      texts.push((await client.query<{ t: string }>(`SELECT t::text FROM ${table} t`)).rows);
    await client.end();
    return JSON.stringify(texts);
  };

  describe('when the store can be written', () => {
    let call: ReturnType<typeof rest>;
    beforeAll(async () => {
      call = await start({});
    });

    it('is pasted once, kept as a reference, and not to be seen again', async () => {
      const { status, body } = await key({ secret: PASTED }, call);
      expect(status).toBe(201);
      expect(body['secret']).toEqual({ name: `master-key/${String(body['masterKeyId'])}`, version: '1' });
      expect(JSON.stringify(body)).not.toContain(PASTED);
      expect(await log()).not.toContain(PASTED);
    });

    it('is rotated to another pasted value; a retry is the same rotation, another value is a mistake', async () => {
      const { body } = await key({ secret: PASTED }, call);
      const path = `/v1/master-keys/${String(body['masterKeyId'])}/rotate`;
      const headers = { 'idempotency-key': 'rotation-1' };
      const first = await call('POST', path, { secret: `${PASTED}-new`, reason: 'leaked' }, headers);
      const again = await call('POST', path, { secret: `${PASTED}-new`, reason: 'leaked' }, headers);
      expect(first).toMatchObject({ status: 200, body: { revision: 2, status: 'active' } });
      expect(first.body['secret']).not.toEqual(body['secret']);
      expect(again.body).toEqual(first.body);
      expect(await call('POST', path, { secret: `${PASTED}-other`, reason: 'leaked' }, headers)).toMatchObject({
        status: 422,
        body: { code: 'openclaw.request.idempotency-key-reused' },
      });
      expect(await log()).not.toContain(PASTED);
    });

    it.each([
      [{}, 'secret', 'missing'],
      [{ secret: PASTED, secretRef: 'openai/prod@1' }, 'secret', 'twice'],
      [{ secretRef: 'openai/nobody@1' }, 'secretRef', 'no such secret'],
      [{ secretRef: PASTED }, 'secretRef', 'not a reference'],
    ])('%j is refused, naming the field and never the value', async (value, field, problem) => {
      const { status, body } = await key(value, call);
      expect(status).toBe(400);
      expect(body).toMatchObject({ errors: [{ field }] });
      expect(JSON.stringify(body['errors'])).toContain(problem);
      expect(JSON.stringify(body)).not.toContain(PASTED);
    });

    it('is not rotated for a key that is not there, or is revoked', async () => {
      expect((await call('POST', '/v1/master-keys/nobody/rotate', { secret: PASTED })).status).toBe(404);
      const { body } = await key({ secret: PASTED }, call);
      const path = `/v1/master-keys/${String(body['masterKeyId'])}`;
      await call('POST', `${path}/revoke`, { reason: 'sold' });
      expect((await call('POST', `${path}/rotate`, { secret: PASTED })).status).toBe(409);
    });
  });

  it('is found by its name where a platform mounted it, and rotated to the next version', async () => {
    const call = await start({ OPENCLAW_SECRET_STORE: 'files', OPENCLAW_SECRETS_FOLDER: mounted });
    const { status, body } = await key({ secretRef: 'openai/prod@1' }, call);
    expect({ status, secret: body['secret'] }).toEqual({ status: 201, secret: { name: 'openai/prod', version: '1' } });
    const path = `/v1/master-keys/${String(body['masterKeyId'])}/rotate`;
    expect(await call('POST', path, { secretRef: 'openai/prod@2' })).toMatchObject({
      status: 200,
      body: { secret: { name: 'openai/prod', version: '2' }, revision: 2 },
    });
    expect(await log()).not.toContain(MOUNTED);
  });

  it('cannot be pasted where the store only gives what others put there, and the answer says what to do', async () => {
    const call = await start({ OPENCLAW_SECRET_STORE: 'environment' });
    const { status, body } = await key({ secret: PASTED }, call);
    expect({ status, body }).toMatchObject({ status: 400, body: { errors: [{ field: 'secret' }] } });
    expect(JSON.stringify(body['errors'])).toContain('give its secretRef');
  });
});
