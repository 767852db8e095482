import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { anomalyConfig, startAnomaly } from '@openclaw/anomaly';
import { auditConfig, startAudit } from '@openclaw/audit';
import { issuerConfig, startIssuer } from '@openclaw/issuer';
import type { RunningApp } from '@openclaw/platform';
import { type Installation, install } from '@openclaw/suite';
import { BENCH_START_TIMEOUT_MS, type Postgres, sharedPostgres } from '@openclaw/test/testbench';
import { startValidator, validatorConfig } from '@openclaw/validator';
import { Client } from 'pg';
import { databaseText } from '../chaos/workload/database-text';
import { ValidatorClient, rest } from '../demo/clients';

const MASTER_KEY = `sk-canary-${'m'.repeat(40)}`;
const FREE = '127.0.0.1:0';

/** Planted values are hunted in every place where they could have been left behind (INVARIANTS I6). */
describe('canary hunt: no master key, code or token in log, tables, process output or answers', () => {
  const folder = mkdtempSync(join(tmpdir(), 'openclaw-canary-'));
  const output: string[] = [];
  const apps: RunningApp[] = [];
  const answers: string[] = [];
  const canaries: Record<string, string> = { 'master key': MASTER_KEY };
  let postgres: Postgres;
  let adminUrl: string;
  let installation: Installation;

  const logger = {
    info: (facts: object, message: string) => void output.push(JSON.stringify(facts) + message),
    warn: (facts: object, message: string) => void output.push(JSON.stringify(facts) + message),
    error: (facts: object, message: string) => void output.push(JSON.stringify(facts) + message),
  };

  beforeAll(async () => {
    const write = process.stdout.write.bind(process.stdout);
    jest.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
      output.push(String(chunk));
      return write(chunk);
    });
    postgres = await sharedPostgres();
    adminUrl = await postgres.freshDatabase('canary');
    installation = await install({ adminUrl, folder });
    const { environment: env, files } = installation;
    apps.push(await startIssuer(issuerConfig({ ...env.issuer, OPENCLAW_ISSUER_HTTP_LISTEN: FREE }), logger));
    const listens = { OPENCLAW_VALIDATOR_GRPC_LISTEN: FREE, OPENCLAW_VALIDATOR_HTTP_LISTEN: FREE };
    apps.push(await startValidator(validatorConfig({ ...env.validator, ...listens }), logger));
    apps.push(await startAudit(auditConfig({ ...env.audit, OPENCLAW_AUDIT_HTTP_LISTEN: FREE }), logger));
    apps.push(await startAnomaly(anomalyConfig({ ...env.anomaly, OPENCLAW_ANOMALY_HTTP_LISTEN: FREE }), logger));
    for (const [name, path] of Object.entries(files)) {
      if (typeof path === 'string' && name.endsWith('TokenFile')) canaries[name] = readFileSync(path, 'utf8').trim();
    }
  }, BENCH_START_TIMEOUT_MS);

  afterAll(async () => {
    for (const app of apps.reverse()) await app.close();
    jest.restoreAllMocks();
    await postgres.stop();
    rmSync(folder, { recursive: true });
  });

  const exercise = async (): Promise<void> => {
    const [issuer, validator] = apps;
    const call = rest(issuer?.listens['http'] ?? '', canaries['bootstrapTokenFile'] ?? '');
    const key = await call('POST', '/v1/master-keys', { label: 'l', provider: 'p', secret: MASTER_KEY });
    answers.push(JSON.stringify(key.body));
    const issued = await call('POST', '/v1/codes', {
      masterKeyId: key.body['masterKeyId'],
      label: 'c',
      scopes: ['a:b:c'],
    });
    canaries['plain code'] = String(issued.body['code']);
    const path = `/v1/codes/${String(issued.body['codeId'])}`;
    const rotated = await call('POST', `${path}/rotate`, { graceSeconds: 5 });
    canaries['rotated code'] = String(rotated.body['code']);
    answers.push(JSON.stringify((await call('GET', path)).body));
    answers.push(
      JSON.stringify((await call('POST', '/v1/codes', { label: canaries['plain code'], secret: MASTER_KEY })).body),
    );
    const client = new ValidatorClient(
      { validator: validator?.listens['grpc'] ?? '' },
      canaries['serviceTokenFile'] ?? '',
    );
    for (const code of [canaries['plain code'], canaries['rotated code'], `${canaries['plain code']}x`]) {
      answers.push(JSON.stringify(await client.validate({ code, minPosition: String(rotated.body['position']) })));
    }
    client.close();
    answers.push(JSON.stringify((await call('POST', `${path}/revoke`, { reason: 'done' })).body));
  };

  /** Every table of the database as text: logs, secrets, views. */
  const tables = async (): Promise<string> => {
    const text = await databaseText(adminUrl);
    expect(text.length).toBeGreaterThan(1000);
    return text;
  };

  it('finds none of them', async () => {
    await exercise();
    const places = { tables: await tables(), output: output.join('\n'), answers: answers.join('\n') };
    const found = Object.entries(canaries).flatMap(([canary, value]) => {
      if (value.length < 20) throw new Error(`the canary "${canary}" was not planted`);
      return Object.entries(places).flatMap(([place, text]) => (text.includes(value) ? [`${canary} in ${place}`] : []));
    });
    expect(found).toEqual([]);
  }, 60_000);

  it('would find one: a planted leak is seen', async () => {
    const leak = new Client({ connectionString: adminUrl });
    await leak.connect();
    await leak.query('CREATE SCHEMA openclaw_leak');
    await leak.query('CREATE TABLE openclaw_leak.t AS SELECT $1::text AS oops', [MASTER_KEY]);
    await leak.end();
    expect(await tables()).toContain(MASTER_KEY);
  });
});
