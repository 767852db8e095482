import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, type ServiceError, credentials, status } from '@grpc/grpc-js';
import { STATUS_DETAILS_KEY, generateCode, type validatorV1 } from '@openclaw/contracts';
import { unixMs } from '@openclaw/domain';
import { PostgresServer, PostgresStores } from '@openclaw/event-log-postgres/testing';
import { type RunningApp, hashToken, newToken } from '@openclaw/platform';
import { service as healthService } from 'grpc-health-check';
import { eventually } from '../testing/eventually';
import { GrpcCaller } from '../testing/grpc-caller';
import { LifecycleWriter, PEPPER } from '../testing/lifecycle-writer';
import { startValidator, validatorConfig } from '.';

const BOUND_MS = 1000;
const SERVICE = 'openclaw.validator.v1.ValidatorService';
const START_TIMEOUT_MS = 60_000;
const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };

describe('A validator on a real PostgreSQL log', () => {
  const folder = mkdtempSync(join(tmpdir(), 'openclaw-validator-'));
  const tokens = { gateway: newToken('service'), soc: newToken('service') };
  const closing: (() => Promise<void> | void)[] = [];
  let server: PostgresServer;
  let stores: PostgresStores;
  let issuer: LifecycleWriter;
  let app: RunningApp;
  let gateway: GrpcCaller;
  let soc: GrpcCaller;

  const file = (name: string, content: string): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  const start = (name: string): Promise<RunningApp> =>
    startValidator(
      validatorConfig({
        OPENCLAW_LOG_URL: stores.url,
        OPENCLAW_VALIDATOR_GRPC_LISTEN: '127.0.0.1:0',
        OPENCLAW_VALIDATOR_HTTP_LISTEN: '127.0.0.1:0',
        OPENCLAW_VALIDATOR_NAME: name,
        OPENCLAW_USAGE_SPOOL_DIR: join(folder, 'usage-spool'),
        OPENCLAW_FRESHNESS_BOUND_MS: String(BOUND_MS),
        OPENCLAW_PEPPER_FILE: file('pepper', `${PEPPER.keyId}:${PEPPER.key.export().toString('hex')}`),
        OPENCLAW_SERVICE_TOKENS_FILE: file(
          'tokens',
          `gateway:${hashToken(tokens.gateway)}\nsoc:${hashToken(tokens.soc)}:auditor\n`,
        ),
      }),
      SILENT,
    );
  const grpc = (): string => app.listens['grpc'] ?? '';
  const http = (path: string): string => `${app.listens['http']}${path}`;
  const refused = (call: Promise<unknown>): Promise<ServiceError> =>
    call.then(
      () => Promise.reject(new Error('it was answered')),
      (error: ServiceError) => error,
    );

  beforeAll(async () => {
    closing.push(() => rmSync(folder, { recursive: true }));
    server = await PostgresServer.start();
    closing.push(() => server.stop());
    stores = await PostgresStores.on(server.url);
    closing.push(() => stores.dispose());
    issuer = await LifecycleWriter.open(stores.store(), BOUND_MS);
    closing.push(() => issuer.fresh.close());
    app = await start('validator-1');
    closing.push(() => app.close());
    gateway = new GrpcCaller(grpc(), tokens.gateway);
    soc = new GrpcCaller(grpc(), tokens.soc);
    closing.push(
      () => gateway.close(),
      () => soc.close(),
    );
  }, START_TIMEOUT_MS);

  afterAll(async () => {
    for (const close of closing.reverse()) await close();
  }, START_TIMEOUT_MS);

  it('allows a code for its scope, at once after it was issued', async () => {
    const { code, codeId, position } = await issuer.issue();
    const decision = await gateway.validate({ code, minPosition: position });
    expect(decision).toMatchObject({ allowed: true, codeId, codeRevision: 1 });
    expect(decision.freshnessAgeMs).toBeLessThanOrEqual(BOUND_MS);
  });

  it('refuses a wrong scope, a wrong address, an ended code and an unknown one', async () => {
    const { code, position: minPosition } = await issuer.issue({ ipAllowList: ['10.0.0.0/8'] });
    expect(await soc.verdict({ code, minPosition, action: 'train' })).toBe('SCOPE_DENIED');
    expect(await soc.verdict({ code, minPosition, sourceIp: '203.0.113.9' })).toBe('IP_DENIED');
    const ended = await issuer.issue({ expiresAt: unixMs(Date.now() + 300) });
    expect(await soc.verdict({ code: ended.code, minPosition: ended.position })).toBe('allowed');
    await eventually('it expires', async () => (await soc.verdict({ code: ended.code })) === 'EXPIRED');
    expect(await soc.verdict({ code: generateCode() })).toBe('UNKNOWN_CODE');
    expect(await soc.verdict({ code: 'ocpc_?' })).toBe('MALFORMED');
  });

  it('refuses a revoked code within milliseconds of the answer to the revocation', async () => {
    const issued = await issuer.issue();
    expect(await soc.verdict({ code: issued.code, minPosition: issued.position })).toBe('allowed');
    await issuer.revoke(issued);
    const answeredAtMs = performance.now();
    await eventually('it is refused', async () => (await soc.verdict({ code: issued.code })) === 'REVOKED');
    expect(performance.now() - answeredAtMs).toBeLessThan(BOUND_MS / 4);
  });

  it('tells a stranger nothing about whether a code lives or ever did', async () => {
    const issued = await issuer.issue();
    const minPosition = await issuer.revoke(issued);
    const revoked = await gateway.validate({ code: issued.code, minPosition });
    const unknown = await gateway.validate({ code: generateCode() });
    const shown = ({ allowed, reason, codeId, codeRevision, expiresAt, remaining }: validatorV1.Decision) => ({
      allowed, reason, codeId, codeRevision, expiresAt, remaining,
    }); // prettier-ignore
    expect(shown(revoked)).toEqual(shown(unknown));
    expect(revoked.reason).toBe('DENIAL_REASON_INVALID_CODE');
  });

  it('gives a single use to one of twenty calls on two validators', async () => {
    const other = await start('validator-2');
    const otherCaller = new GrpcCaller(other.listens['grpc'] ?? '', tokens.soc);
    try {
      const { code, position: minPosition } = await issuer.issue({ usesMax: 1 });
      const race = Array.from({ length: 20 }, (_, i) =>
        (i % 2 === 0 ? soc : otherCaller).verdict({ code, minPosition }),
      );
      const verdicts = await Promise.all(race);
      expect(verdicts.filter((one) => one === 'allowed')).toHaveLength(1);
      expect(verdicts.filter((one) => one === 'ALREADY_USED')).toHaveLength(19);
    } finally {
      otherCaller.close();
      await other.close();
    }
  });

  it('answers batches and streams with one result per use', async () => {
    const { code, position: minPosition } = await issuer.issue();
    const use = { code, service: 'openai', resource: 'gpt-4o', action: 'chat', sourceIp: '10.1.2.3' };
    const requests = [use, { ...use, action: 'train' }, { ...use, requestId: 'x'.repeat(65) }];
    const outcomes = (results: readonly validatorV1.ValidateResult[]): unknown[] =>
      results.map(({ decision, fault }) => fault?.code ?? decision?.allowed);
    const expected = [true, false, 'openclaw.request.invalid'];
    const batch = await soc.call<validatorV1.ValidateBatchResponse>('ValidateBatch', { requests, minPosition });
    expect(outcomes(batch.results)).toEqual(expected);
    const batches = Array.from({ length: 50 }, (_, i) => ({ batchId: i + 1, requests, minPosition }));
    const answers = await soc.stream(batches);
    expect(answers.map(({ batchId }) => batchId).sort((a, b) => a - b)).toEqual(batches.map(({ batchId }) => batchId));
    for (const { results } of answers) expect(outcomes(results)).toEqual(expected);
  });

  it('refuses callers without a token, and positions of another log', async () => {
    const nobody = new GrpcCaller(grpc(), 'ocsv_nobody');
    expect((await refused(nobody.validate({ code: generateCode() }))).code).toBe(status.UNAUTHENTICATED);
    expect((await refused(nobody.call('GetStatus', {}))).code).toBe(status.UNAUTHENTICATED);
    expect((await refused(nobody.stream([]))).code).toBe(status.UNAUTHENTICATED);
    nobody.close();
    const elsewhere = await refused(soc.validate({ code: generateCode(), minPosition: 'p1.1.another-log' }));
    expect(elsewhere.code).toBe(status.INVALID_ARGUMENT);
    const future = issuer.token((issuer.fresh.log.head().position + 1000) as never);
    const early = await refused(soc.validate({ code: generateCode(), minPosition: future }));
    expect(early.details).toContain('openclaw.validator.position-not-reached');
  });

  it('describes itself by reflection, with everything that its messages are made of', async () => {
    const reflection = new Client(grpc(), credentials.createInsecure());
    const described = (version: string): Promise<readonly Buffer[]> => {
      const path = `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`;
      const ask = Buffer.concat([Buffer.from([0x22, SERVICE.length]), Buffer.from(SERVICE)]); // file_containing_symbol
      const same = (bytes: Buffer): Buffer => bytes;
      const call = reflection.makeBidiStreamRequest(path, same, same);
      const answers: Buffer[] = [];
      return new Promise((resolve, reject) => {
        call.on('data', (answer: Buffer) => answers.push(answer));
        call.on('error', reject);
        call.on('end', () => resolve(answers));
        call.write(ask);
        call.end();
      });
    };
    for (const version of ['v1', 'v1alpha']) {
      const text = Buffer.concat([...(await described(version))]).toString('latin1');
      expect(text).toContain('source_ip');
      expect(text).toContain('google/protobuf/timestamp.proto');
    }
    reflection.close();
  });

  it('answers the same over HTTP, and tells its health there', async () => {
    const { code, codeId, position: minPosition } = await issuer.issue({ expiresAt: unixMs(1_900_000_000_000) });
    const post = (authorization: string): Promise<Response> =>
      fetch(http('/v1/validate'), {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json' },
        body: JSON.stringify({ code, minPosition, service: 'openai', resource: 'gpt-4o', action: 'chat' }),
      });
    const answer = await post(`Bearer ${tokens.gateway}`);
    expect(await answer.json()).toMatchObject({
      decision: { allowed: true, codeId, expiresAt: new Date(1_900_000_000_000).toISOString() },
    });
    expect((await post('Bearer nobody')).status).toBe(401);
    expect((await fetch(http('/health/live'))).status).toBe(200);
    expect((await fetch(http('/health/ready'))).status).toBe(200);
  });

  it('answers UNAVAILABLE while the log is frozen for longer than L, and decides again afterwards', async () => {
    const { code, position: minPosition } = await issuer.issue();
    expect(await soc.verdict({ code, minPosition })).toBe('allowed');
    expect(await health()).toBe('SERVING');
    const thaw = await server.freeze();
    try {
      const error = await eventually('the lease lapses', () =>
        soc.verdict({ code }).then(
          () => undefined,
          (failure: ServiceError) => failure,
        ),
      );
      expect(error.code).toBe(status.UNAVAILABLE);
      expect(error.details).toContain('openclaw.validator.stale');
      const [details] = error.metadata.get(STATUS_DETAILS_KEY);
      expect(String(details)).toContain('google.rpc.RetryInfo');
      expect(await health()).toBe('NOT_SERVING');
      expect((await fetch(http('/health/ready'))).status).toBe(503);
      const known = await soc.call<validatorV1.GetStatusResponse>('GetStatus', {});
      expect(known).toMatchObject({ state: 'VALIDATOR_STATE_STALE', usageDurability: 'fsync' });
    } finally {
      thaw();
    }
    await eventually('it decides again', () => soc.verdict({ code }).catch(() => undefined));
    expect(await health()).toBe('SERVING');
  });

  /** As a load balancer asks. */
  const health = (): Promise<string> => {
    const check = healthService['Check'];
    if (check === undefined) throw new Error('no Check');
    const client = new Client(grpc(), credentials.createInsecure());
    const request = { service: SERVICE };
    return new Promise<string>((resolve, reject) => {
      client.makeUnaryRequest(
        check.path,
        check.requestSerialize,
        check.responseDeserialize,
        request,
        (error, answer) => (error === null ? resolve((answer as { status: string }).status) : reject(error)),
      );
    }).finally(() => client.close());
  };
});
