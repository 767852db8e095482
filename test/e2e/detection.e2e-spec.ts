import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { anomalyConfig, startAnomaly } from '@openclaw/anomaly';
import { issuerConfig, startIssuer } from '@openclaw/issuer';
import type { RunningApp } from '@openclaw/platform';
import { type Installation, install } from '@openclaw/suite';
import { type Kafka, type Postgres, sharedKafka, startPostgres } from '@openclaw/test/testbench';
import { startValidator, validatorConfig } from '@openclaw/validator';
import { type Answer, ValidatorClient, rest } from '../demo/clients';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const FREE = '127.0.0.1:0';
const WAIT_MS = 15_000;
const SETTLE_MS = 1_500;

interface Seen {
  readonly status_id: number;
  readonly metadata: { readonly correlation_uid: string };
  readonly finding_info: { readonly uid: string; readonly analytic: { readonly name: string } };
  readonly handling: { readonly status: string };
}

describe.each(['PostgreSQL', 'Kafka'])('detection, set and handled by operators, on a real %s log', (log) => {
  const folder = mkdtempSync(join(tmpdir(), 'openclaw-detection-'));
  let postgres: Postgres;
  let kafka: Kafka | undefined;
  let installation: Installation;
  const running: RunningApp[] = [];
  let issuer: ReturnType<typeof rest>;
  let anomaly: RunningApp;
  let token: string;
  let client: ValidatorClient;
  let masterKeyId: unknown;

  const detector = async (name: string): Promise<RunningApp> => {
    const env = {
      ...installation.environment.anomaly,
      OPENCLAW_ANOMALY_HTTP_LISTEN: FREE,
      OPENCLAW_ANOMALY_NAME: name,
    };
    return startAnomaly(anomalyConfig({ ...env, OPENCLAW_REFUSALS_MIN: '5' }), quiet);
  };

  beforeAll(async () => {
    postgres = await startPostgres(); // its own: an installation makes logins for the whole server
    kafka = log === 'Kafka' ? await sharedKafka(1) : undefined;
    const adminUrl = await postgres.freshDatabase('detection');
    const on = {
      OPENCLAW_KAFKA_BROKERS: kafka?.brokers.join(',') ?? '',
      OPENCLAW_KAFKA_SINGLE_BROKER: 'true',
      OPENCLAW_KAFKA_TOPIC_PREFIX: `detection-${process.pid}-${Date.now()}.`,
    };
    installation = await install(kafka === undefined ? { adminUrl, folder } : { adminUrl, folder, kafka: on });
    const started = await startIssuer(
      issuerConfig({ ...installation.environment.issuer, OPENCLAW_ISSUER_HTTP_LISTEN: FREE }),
      quiet,
    );
    const listens = { OPENCLAW_VALIDATOR_GRPC_LISTEN: FREE, OPENCLAW_VALIDATOR_HTTP_LISTEN: FREE };
    const validator = await startValidator(
      validatorConfig({ ...installation.environment.validator, ...listens }),
      quiet,
    );
    running.push(started, validator);
    anomaly = await detector('anomaly-1');
    token = readFileSync(installation.files.bootstrapTokenFile, 'utf8').trim();
    issuer = rest(started.listens['http'] ?? '', token);
    const service = readFileSync(installation.files.auditorTokenFile, 'utf8').trim();
    client = new ValidatorClient({ validator: validator.listens['grpc'] ?? '' }, service);
    const key = await issuer('POST', '/v1/master-keys', { label: 'k', provider: 'p', secret: 'sk-detection-e2e' });
    masterKeyId = key.body['masterKeyId'];
  });
  afterAll(async () => {
    client.close();
    for (const app of [anomaly, ...running.toReversed()]) await app.close();
    await kafka?.stop();
    await postgres.stop();
    rmSync(folder, { recursive: true });
  });

  const alerts = async (query = '', app = anomaly): Promise<readonly Seen[]> => {
    const { body } = await rest(app.listens['http'] ?? '', token)('GET', `/v1/alerts${query}`);
    return body['alerts'] as readonly Seen[];
  };
  const about = async (codeId: string, rule = 'repeated-refusals'): Promise<readonly Seen[]> =>
    alerts(`?entity=code/${codeId}&rule=${rule}`);
  const eventually = async <T>(look: () => Promise<T>, isEnough: (seen: T) => boolean): Promise<T> => {
    const end = performance.now() + WAIT_MS;
    let seen = await look();
    while (!isEnough(seen) && performance.now() < end) {
      await pause(20);
      seen = await look();
    }
    return seen;
  };
  const newCode = async (): Promise<{ readonly code: string; readonly codeId: string }> => {
    const { body } = await issuer('POST', '/v1/codes', { masterKeyId, label: 'l', scopes: ['a:b:c'] });
    return { code: String(body['code']), codeId: String(body['codeId']) };
  };
  const misuse = async (code: string, times: number, minPosition = ''): Promise<void> => {
    for (let i = 0; i < times; i += 1) await client.validate({ code, scope: 'a:b:other', minPosition });
  };
  const change = (body: object): Promise<Answer> =>
    issuer('PATCH', '/v1/detection', { reason: 'test', ...body }, { 'if-match': '*' });

  it('uses the threshold that was in force where a use was decided', async () => {
    const before = await newCode();
    await misuse(before.code, 3);
    const changed = await change({ repeatedRefusals: { refusalsMin: 3, windowSeconds: 60 } });
    expect(changed).toMatchObject({
      status: 200,
      body: { repeatedRefusals: { enabled: true, refusalsMin: 3, windowSeconds: 60 } },
    });
    const after = await newCode();
    await misuse(after.code, 3, String(changed.body['position']));
    expect(
      await eventually(
        () => about(after.codeId),
        (seen) => seen.length > 0,
      ),
    ).toHaveLength(1);
    expect(await about(before.codeId)).toHaveLength(0);
  });

  it('is silent about what is muted or switched off, and speaks again', async () => {
    const muted = await newCode();
    const until = new Date(Date.now() + 3_600_000).toISOString();
    const changed = await change({ mutes: [{ entity: `code/${muted.codeId}`, until }] });
    await misuse(muted.code, 6, String(changed.body['position']));
    const off = await change({ mutes: [], repeatedRefusals: { enabled: false, refusalsMin: 3, windowSeconds: 60 } });
    const silent = await newCode();
    await misuse(silent.code, 6, String(off.body['position']));
    const on = await change({ repeatedRefusals: null });
    expect(on.body['repeatedRefusals']).toBeNull();
    const loud = await newCode();
    await misuse(loud.code, 6, String(on.body['position']));
    expect(
      await eventually(
        () => about(loud.codeId),
        (seen) => seen.length > 0,
      ),
    ).toHaveLength(1);
    for (const { codeId } of [muted, silent]) expect(await about(codeId)).toHaveLength(0);
  });

  it('refuses settings that cannot be, names the field, and keeps what was', async () => {
    const { body: before } = await issuer('GET', '/v1/detection');
    const refused = await change({ repeatedRefusals: { refusalsMin: 0, windowSeconds: 60 } });
    expect(refused).toMatchObject({ status: 400, body: { errors: [{ field: 'repeatedRefusals.refusalsMin' }] } });
    expect((await change({ mutes: [{ entity: 'x', until: new Date().toISOString() }] })).status).toBe(400);
    expect((await issuer('PATCH', '/v1/detection', {})).status).toBe(428);
    expect((await issuer('GET', '/v1/detection')).body).toEqual(before);
  });

  it('an alert is acknowledged by one, closed for good, and shown as that', async () => {
    const { code, codeId } = await newCode();
    await misuse(code, 6);
    const [alert] = await eventually(
      () => about(codeId),
      (seen) => seen.length > 0,
    );
    const uid = alert?.finding_info.uid ?? '';
    expect(alert).toMatchObject({ status_id: 1, handling: { status: 'open' } });
    const path = `/v1/alerts/${uid}`;
    expect((await issuer('POST', `${path}/acknowledge`, { reason: 'on it' })).body).toMatchObject({
      status: 'acknowledged',
    });
    const show = async (): Promise<Answer> => rest(anomaly.listens['http'] ?? '', token)('GET', path);
    await eventually(show, ({ body }) => body['status_id'] === 2);
    expect((await issuer('POST', `${path}/close`, { resolution: 'whatever', reason: 'x' })).status).toBe(400);
    const closed = await issuer('POST', `${path}/close`, { resolution: 'benign', reason: 'load test' });
    expect(closed).toMatchObject({ status: 200, body: { status: 'closed' } });
    expect((await issuer('POST', `${path}/acknowledge`, {})).status).toBe(409);
    const shown = await eventually(show, ({ body }) => body['status_id'] === 4);
    expect(shown.body).toMatchObject({
      handling: { status: 'closed', closed: { by: 'bootstrap-admin', resolution: 'benign' } },
    });
    expect((await alerts('?status=closed')).map(({ finding_info }) => finding_info.uid)).toEqual([uid]);
    expect((await issuer('POST', `/v1/alerts/${'0'.repeat(64)}/acknowledge`, {})).status).toBe(404);
    expect((await rest(anomaly.listens['http'] ?? '', token)('GET', '/v1/alerts/nobody')).status).toBe(404);
  });

  it('raises nothing twice after a restart, and a detector that begins at zero finds the very same', async () => {
    const known = await alerts();
    // By these, uses of before would be alerts: what is decided later does not reach back.
    await change({ repeatedRefusals: { refusalsMin: 1, windowSeconds: 60 } });
    await anomaly.close();
    anomaly = await detector('anomaly-1');
    const second = await detector('anomaly-2');
    await pause(SETTLE_MS); // both have read everything again; whatever they found would be here
    expect(await alerts()).toEqual(known);
    expect(await alerts('', second)).toEqual(known);
    await second.close();
  });
});
