import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GRPC_STATUS, PROTO, serviceDefinition, toDuration, toTimestamp } from '@openclaw/contracts';
import { issuerConfig, startIssuer } from '@openclaw/issuer';
import type { RunningApp } from '@openclaw/platform';
import { install } from '@openclaw/suite';
import { BENCH_START_TIMEOUT_MS, type Postgres, startPostgres } from '@openclaw/test/testbench';
import { rest } from '../demo/clients';
import { type GrpcAnswer, grpcCaller } from '../demo/grpc-client';
import { eventsOf } from './events-of';

const SECRET = `sk-canary-${'g'.repeat(40)}`;
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

describe('issuer over gRPC, on a real PostgreSQL log', () => {
  const folder = mkdtempSync(join(tmpdir(), 'openclaw-issuer-grpc-'));
  let postgres: Postgres;
  let issuer: RunningApp;
  let token: string;
  let codes: ReturnType<typeof grpcCaller>;
  let administration: ReturnType<typeof grpcCaller>;
  let detection: ReturnType<typeof grpcCaller>;
  let overRest: ReturnType<typeof rest>;
  let masterKeyId: string;
  let environment: Record<string, string>;

  const at = (): string => issuer.listens['grpc'] ?? '';
  const settings = (more: object = {}): object => ({
    settings: { masterKeyId, label: 'ci', scopes: ['openai:*:chat'], ...more },
  });
  const issue = (more: object = {}, request: object = {}): Promise<GrpcAnswer> =>
    codes('IssueCode', { ...settings(more), ...request });
  const codeIn = ({ body }: GrpcAnswer) => body['code'] as Record<string, unknown>;
  const idOf = (answer: GrpcAnswer): string => String(codeIn(answer)['codeId']);

  beforeAll(async () => {
    postgres = await startPostgres(); // its own: an installation makes logins for the whole server
    const installation = await install({ adminUrl: await postgres.freshDatabase('issuer'), folder });
    environment = { ...installation.environment.issuer, OPENCLAW_ISSUER_HTTP_LISTEN: '127.0.0.1:0' };
    issuer = await startIssuer(issuerConfig(environment), quiet);
    token = readFileSync(installation.files.bootstrapTokenFile, 'utf8').trim();
    codes = grpcCaller(at(), token);
    administration = grpcCaller(at(), token, 'openclaw.issuer.v1.AdministrationService');
    detection = grpcCaller(at(), token, 'openclaw.issuer.v1.DetectionService');
    overRest = rest(issuer.listens['http'] ?? '', token);
    const registered = await codes('RegisterMasterKey', { label: 'prod', provider: 'openai', secret: SECRET });
    masterKeyId = String((registered.body['masterKey'] as Record<string, unknown>)['masterKeyId']);
  }, BENCH_START_TIMEOUT_MS);

  afterAll(async () => {
    for (const client of [codes, administration, detection]) client.close();
    await issuer.close();
    await postgres.stop();
    rmSync(folder, { recursive: true });
  });

  it('serves every method of its protos, and none of them to a stranger', async () => {
    const statuses: Record<string, number> = {};
    for (const service of PROTO.issuer.services) {
      const stranger = grpcCaller(at(), '', service);
      for (const method of Object.keys(serviceDefinition(service)))
        statuses[method] = (await stranger(method, {})).status;
      stranger.close();
    }
    expect(Object.keys(statuses).length).toBeGreaterThan(35);
    expect(new Set(Object.values(statuses))).toEqual(new Set([GRPC_STATUS.UNAUTHENTICATED]));
  });

  it('issues, shows, updates, rotates, suspends, resumes, reissues and revokes a code, as REST sees it', async () => {
    const expiresAt = Date.now() + 3_600_000;
    const issued = await issue(
      {
        owner: 'team-a', tags: ['nightly'], expiresAt: toTimestamp(expiresAt), idleTimeout: toDuration(600_000),
        usesMax: 5, rateLimits: { perMinute: 10 }, freshnessBound: toDuration(500), ipAllowList: ['10.0.0.0/8'],
      },
      { reason: 'build' },
    ); // prettier-ignore
    expect(issued).toMatchObject({ status: 0, details: '' });
    expect(issued.body['plainCode']).toMatch(/^ocpc_[0-9A-Za-z]{68}$/);
    const codeId = idOf(issued);
    const shown = await codes('GetCode', { codeId });
    expect(codeIn(shown)).toMatchObject({
      state: 'CODE_STATE_ACTIVE',
      revision: 1,
      issuedBy: 'bootstrap-admin',
      stateReason: 'build',
      settings: { usesMax: 5, rateLimits: { perMinute: 10 }, idleTimeout: { seconds: '600' } },
    });
    const { body } = await overRest('GET', `/v1/codes/${codeId}`);
    expect(body).toMatchObject({
      expiresAt: new Date(expiresAt).toISOString(),
      idleTimeoutSeconds: 600,
      usesMax: 5,
      rateLimits: { perMinute: 10 },
      freshnessBoundMs: 500,
      ipAllowList: ['10.0.0.0/8'],
      owner: 'team-a',
    });

    const change = { codeId, updateMask: { paths: ['label', 'uses_max'] }, settings: { label: 'renamed', usesMax: 3 } };
    expect((await codes('UpdateCode', { ...change, expectedRevision: 9 })).status).toBe(GRPC_STATUS.ABORTED);
    const updated = codeIn(await codes('UpdateCode', { ...change, expectedRevision: 1 }));
    expect(updated).toMatchObject({ revision: 2, settings: { label: 'renamed', usesMax: 3, owner: 'team-a' } });

    const rotated = await codes('RotateCode', { codeId, grace: toDuration(60_000) });
    expect(rotated.body['plainCode']).toMatch(/^ocpc_/);
    expect(codeIn(rotated)['graceUntil']).not.toBeNull();
    expect(codeIn(await codes('SuspendCode', { codeId, reason: 'pause' }))).toMatchObject({
      state: 'CODE_STATE_SUSPENDED',
      stateReason: 'pause',
    });
    expect(codeIn(await codes('ResumeCode', { codeId }))['state']).toBe('CODE_STATE_ACTIVE');
    const reissued = await codes('ReissueCode', { codeId, reason: 'lost' });
    expect(reissued.body['plainCode']).not.toBe(rotated.body['plainCode']);
    const revoked = await codes('RevokeCode', { codeId, reason: 'over', wait: 'REVOCATION_WAIT_VALIDATORS' });
    expect(revoked.body).toMatchObject({ code: { state: 'CODE_STATE_REVOKED' }, receipt: { complete: true } });
    expect((await codes('RotateCode', { codeId })).status).toBe(GRPC_STATUS.FAILED_PRECONDITION);
    expect((await codes('GetCode', { codeId: 'nobody' })).status).toBe(GRPC_STATUS.NOT_FOUND);
  });

  it('takes a limit away that the mask names and the settings do not hold', async () => {
    const codeId = idOf(await issue({ usesMax: 5, expiresAt: toTimestamp(Date.now() + 60_000) }));
    const change = { codeId, updateMask: { paths: ['uses_max', 'expires_at'] }, settings: {} };
    const { usesMax, expiresAt } = codeIn(await codes('UpdateCode', change))['settings'] as Record<string, unknown>;
    expect([usesMax, expiresAt]).toEqual([undefined, null]);
    expect((await codes('UpdateCode', { codeId, settings: { label: 'x' } })).status).toBe(GRPC_STATUS.INVALID_ARGUMENT);
  });

  it('knows a retry by its idempotency key, also one that comes over REST', async () => {
    const key = 'retry-over-grpc';
    const [first, again] = [await issue({}, { idempotencyKey: key }), await issue({}, { idempotencyKey: key })];
    expect(again.body).toMatchObject({ plainCode: '', position: first.body['position'] });
    expect(idOf(again)).toBe(idOf(first));
    expect((await issue({ label: 'another' }, { idempotencyKey: key })).status).toBe(GRPC_STATUS.ALREADY_EXISTS);
    const body = { masterKeyId, label: 'ci', scopes: ['openai:*:chat'] };
    expect(await overRest('POST', '/v1/codes', body, { 'idempotency-key': key })).toMatchObject({
      status: 200,
      body: { code: null, codeId: idOf(first) },
    });

    const codeId = idOf(first);
    const suspend = { codeId, reason: 'r', idempotencyKey: 'suspend-1' };
    await codes('SuspendCode', suspend);
    await codes('ResumeCode', { codeId });
    const headers = { 'idempotency-key': 'suspend-1' };
    const late = await overRest('POST', `/v1/codes/${codeId}/suspend`, { reason: 'r' }, headers);
    expect(late).toMatchObject({ status: 200, body: { status: 'active', revision: 3 } });
  });

  it('names every faulty field, and repeats no value of it', async () => {
    const answer = await issue({ label: SECRET });
    expect(answer.status).toBe(GRPC_STATUS.INVALID_ARGUMENT);
    expect(answer.details).toContain('google.rpc.BadRequest');
    expect(answer.details).toContain('label');
    expect(`${answer.message}${answer.details}`).not.toContain(SECRET);
    for (const wrong of [
      { seconds: '9'.repeat(18), nanos: 0 },
      { seconds: '1', nanos: -1 },
    ]) {
      expect((await issue({ expiresAt: wrong })).status).toBe(GRPC_STATUS.INVALID_ARGUMENT);
    }
    expect((await codes('ListCodes', { state: 99 })).status).toBe(GRPC_STATUS.INVALID_ARGUMENT);
    expect((await codes('ListCodes', { pageSize: -1 })).status).toBe(GRPC_STATUS.INVALID_ARGUMENT);
  });

  it('lists by state, owner, tag and expiry, in pages, and revokes in bulk', async () => {
    const soon = idOf(await issue({ owner: 'l', tags: ['t'] }, { expiresIn: toDuration(60_000) }));
    const never = idOf(await issue({ owner: 'l' }));
    const list = async (request: object): Promise<string[]> => {
      const { body } = await codes('ListCodes', { owner: 'l', ...request });
      return (body['codes'] as { codeId: string }[]).map(({ codeId }) => codeId);
    };
    expect(await list({})).toEqual([soon, never]);
    expect(await list({ tag: 't' })).toEqual([soon]);
    expect(await list({ expiringWithin: toDuration(3_600_000) })).toEqual([soon]);
    expect(await list({ noExpiry: true })).toEqual([never]);
    expect(await list({ noExpiry: false })).toEqual([soon]);
    const page = await codes('ListCodes', { owner: 'l', pageSize: 1 });
    expect(await list({ pageSize: 1, pageToken: page.body['nextPageToken'] })).toEqual([never]);
    const bulk = await codes('BulkRevokeCodes', { owner: 'l', reason: 'left' });
    const outcome = 'BULK_REVOCATION_OUTCOME_REVOKED';
    expect(bulk.body['results']).toMatchObject([{ codeId: soon, outcome }, { codeId: never, outcome }]); // prettier-ignore
    expect(await list({ state: 'CODE_STATE_REVOKED' })).toEqual([soon, never]);
    expect((await codes('BulkRevokeCodes', { reason: 'all' })).status).toBe(GRPC_STATUS.INVALID_ARGUMENT);
  });

  it('rotates, disables, enables and revokes a master key, and never shows its value', async () => {
    const { body } = await codes('RegisterMasterKey', { label: 'k', provider: 'p', secret: SECRET });
    const { masterKeyId: id, secret } = body['masterKey'] as Record<string, unknown>;
    const said = [
      await codes('RotateMasterKey', { masterKeyId: id, secret: `${SECRET}-2`, expectedRevision: 1 }),
      await codes('DisableMasterKey', { masterKeyId: id }),
      await codes('EnableMasterKey', { masterKeyId: id }),
      await codes('RevokeMasterKey', { masterKeyId: id, wait: 'REVOCATION_WAIT_VALIDATORS' }),
      await codes('GetMasterKey', { masterKeyId: id }),
      await codes('ListMasterKeys', { state: 'MASTER_KEY_STATE_REVOKED' }),
    ];
    expect(said.map(({ status }) => status)).toEqual([0, 0, 0, 0, 0, 0]);
    expect((said[0]?.body['masterKey'] as Record<string, unknown>)['secret']).not.toEqual(secret);
    expect(said[4]?.body).toMatchObject({ masterKey: { state: 'MASTER_KEY_STATE_REVOKED', revision: 5 } });
    expect(JSON.stringify(said)).not.toContain('sk-canary');
    const byName = await codes('RegisterMasterKey', { label: 'k', provider: 'p', secretRef: 'nothing@1' });
    expect([byName.status, byName.details]).toEqual([
      GRPC_STATUS.INVALID_ARGUMENT,
      expect.stringContaining('secretRef'),
    ]);
  });

  it('keeps operators, services and subscriptions, and lets each operator do what its role permits', async () => {
    const added = await administration('AddOperator', { name: 'Ada', roles: ['OPERATOR_ROLE_ISSUER'] });
    const { operatorId } = added.body['operator'] as Record<string, string>;
    const ada = grpcCaller(at(), String(added.body['token']));
    const adaAtHome = grpcCaller(at(), String(added.body['token']), 'openclaw.issuer.v1.AdministrationService');
    const codeFor = (scope: string): Promise<GrpcAnswer> => ada('IssueCode', settings({ scopes: [scope] }));
    expect((await codeFor('search:web:query')).status).toBe(GRPC_STATUS.PERMISSION_DENIED);

    const service = { service: 'search', title: 'Search', resources: ['web'], actions: ['query'] };
    expect((await administration('RegisterService', service)).status).toBe(0);
    const grown = { service: 'search', expectedRevision: 1, actions: { names: ['query', 'suggest'] } };
    expect((await administration('ChangeService', grown)).body['service']).toMatchObject({
      title: 'Search',
      resources: ['web'],
      actions: ['query', 'suggest'],
    });
    await administration('Subscribe', { account: operatorId, scopes: ['search:web:query'] });
    expect((await codeFor('search:web:query')).status).toBe(0);
    expect((await codeFor('search:web:suggest')).status).toBe(GRPC_STATUS.PERMISSION_DENIED);
    expect((await ada('RegisterMasterKey', { label: 'k', provider: 'p', secret: SECRET })).status).toBe(
      GRPC_STATUS.PERMISSION_DENIED,
    );
    const widened = await ada('UpdateCode', {
      codeId: idOf(await codeFor('search:web:query')),
      updateMask: { paths: ['scopes'] },
      settings: { scopes: ['search:*:*'] },
    });
    expect([widened.status, widened.message]).toEqual([3, expect.stringContaining('would-widen')]);

    expect((await adaAtHome('GetOwnAccess', {})).body['operator']).toMatchObject({ operatorId });
    const renewed = await adaAtHome('RotateOwnToken', {});
    expect((await codeFor('search:web:query')).status).toBe(GRPC_STATUS.UNAUTHENTICATED);
    expect(renewed.body['token']).toMatch(/^ocop_/);
    await administration('Unsubscribe', { account: operatorId, scopes: ['search:web:query'] });
    expect((await administration('GetSubscription', { account: operatorId })).body).toMatchObject({
      subscription: { scopes: [], revision: 2 },
    });
    expect((await administration('RetireService', { service: 'search', reason: 'old' })).body['service']).toMatchObject(
      {
        state: 'TARGET_SERVICE_STATE_RETIRED',
      },
    );
    const roles = { operatorId, roles: ['OPERATOR_ROLE_AUDITOR'], expectedRevision: 2 };
    expect((await administration('ChangeOperatorRoles', roles)).status).toBe(0);
    expect((await administration('RemoveOperator', { operatorId, reason: 'left' })).status).toBe(0);
    const gone = await administration('ListOperators', { state: 'OPERATOR_STATE_REMOVED' });
    expect(gone.body['operators']).toMatchObject([{ operatorId, roles: ['OPERATOR_ROLE_AUDITOR'] }]);
    for (const client of [ada, adaAtHome]) client.close();
  });

  it('changes what the mask names of the detection settings, and knows no alert that there is not', async () => {
    const until = toTimestamp(Date.now() + 60_000);
    const change = {
      updateMask: { paths: ['repeated_refusals', 'mutes'] },
      settings: {
        repeatedRefusals: { enabled: true, refusalsMin: 7, window: toDuration(30_000) },
        mutes: [{ entity: 'code/abc', rule: 'DETECTION_RULE_REQUEST_RATE', until }],
      },
    };
    expect((await detection('ChangeDetectionSettings', change)).body).toMatchObject({ revision: 1 });
    const shown = await detection('GetDetectionSettings', {});
    expect(shown.body['settings']).toMatchObject({ ...change.settings, requestRate: null, outsideUse: null });
    const close = { alertUid: 'nobody', resolution: 'ALERT_RESOLUTION_BENIGN', reason: 'x' };
    expect((await detection('CloseAlert', close)).status).toBe(GRPC_STATUS.NOT_FOUND);
    expect((await detection('AcknowledgeAlert', { alertUid: 'nobody' })).status).toBe(GRPC_STATUS.NOT_FOUND);
  });

  it('writes down where a call came from, and believes no header of a stranger about it', async () => {
    const forged = { 'x-forwarded-for': '203.0.113.9', 'x-request-id': 'r-1' };
    const codeId = idOf(await codes('IssueCode', settings(), forged));
    const [event] = await eventsOf(environment, `pairing-code/${codeId}`);
    expect(event?.metadata).toMatchObject({
      authid: 'bootstrap-admin',
      sourceip: '127.0.0.1',
      correlationid: 'r-1',
    });
  });

  it('lets nobody guess tokens, over both interfaces together', async () => {
    const stranger = grpcCaller(at(), 'ocop_wrong');
    const statuses: number[] = [];
    for (let tries = 0; tries < 12; tries += 1) statuses.push((await stranger('GetCode', {})).status);
    expect(statuses.at(-1)).toBe(GRPC_STATUS.RESOURCE_EXHAUSTED);
    expect((await overRest('GET', '/v1/codes')).status).toBe(429);
    stranger.close();
  });
});
