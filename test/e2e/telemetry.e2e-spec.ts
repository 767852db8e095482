import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { generateCode } from '@openclaw/contracts';
import { BENCH_START_TIMEOUT_MS, type Postgres, startPostgres } from '@openclaw/test/testbench';
import { databaseText } from '../chaos/workload/database-text';
import { ValidatorClient, rest } from '../demo/clients';
import { grpcCaller } from '../demo/grpc-client';
import { ObservedSystem } from './telemetry/observed-system';
import { OtlpReceiver, type ReceivedSpan } from './telemetry/otlp-receiver';

const MASTER_KEY = `sk-canary-${'m'.repeat(40)}`;
const WAIT_MS = 30_000;
const TEST_MS = 60_000;
const METRICS_PAGE = resolve(__dirname, '../../docs/reference/metrics.md');

/** One life of a code through four real processes with the real logger and the real exporters. */
describe('telemetry of the four services', () => {
  const folder = mkdtempSync(join(tmpdir(), 'openclaw-telemetry-'));
  const traceId = randomBytes(16).toString('hex');
  const clientSpan = randomBytes(8).toString('hex');
  const traceparent = `00-${traceId}-${clientSpan}-01`;
  const canaries = new Map<string, string>([['the master key', MASTER_KEY]]);
  let postgres: Postgres;
  let adminUrl: string;
  let receiver: OtlpReceiver;
  let system: ObservedSystem;
  let call: ReturnType<typeof rest>;
  let validator: Readonly<Record<string, string>>;
  let client: ValidatorClient;

  beforeAll(async () => {
    postgres = await startPostgres({ faults: true });
    adminUrl = await postgres.freshDatabase('telemetry');
    receiver = await OtlpReceiver.start();
    system = await ObservedSystem.start({ adminUrl, folder }, receiver.url);
    const issuer = await system.run('issuer');
    [validator] = await Promise.all([system.run('validator'), system.run('audit'), system.run('anomaly')]);
    for (const name of ['bootstrapTokenFile', 'serviceTokenFile'] as const) canaries.set(name, system.token(name));
    call = rest(issuer['http'] ?? '', system.token('bootstrapTokenFile'));
    client = new ValidatorClient({ validator: validator['grpc'] ?? '' }, system.token('serviceTokenFile'));
    await useACode();
    await listOverGrpc(issuer['grpc'] ?? '');
  }, BENCH_START_TIMEOUT_MS * 2);

  afterAll(async () => {
    client.close();
    await system.stop();
    await receiver.close();
    await postgres.stop();
    rmSync(folder, { recursive: true });
  });

  /** Issued and used within one trace: allowed once, then from a foreign address, which raises an alert. */
  const useACode = async (): Promise<void> => {
    const key = await call('POST', '/v1/master-keys', { label: 'l', provider: 'p', secret: MASTER_KEY });
    const settings = { label: 'traced', scopes: ['a:b:c'], ipAllowList: ['10.0.0.0/8'] };
    const body = { masterKeyId: key.body['masterKeyId'], ...settings };
    const issued = await call('POST', '/v1/codes', body, { traceparent });
    const code = String(issued.body['code']);
    canaries.set('the code', code);
    const minPosition = String(issued.body['position']);
    const use = { code, scope: 'a:b:c', minPosition };
    expect(await client.validate({ ...use, traceparent })).toMatchObject({ verdict: 'allow' });
    const foreign = await client.validate({ ...use, sourceIp: '203.0.113.9', traceparent });
    expect(foreign.verdict).toBe('DENIAL_REASON_IP_DENIED');
    await client.validate({ ...use, requestId: 'x'.repeat(100) }); // gets no decision
  };

  const listOverGrpc = async (address: string): Promise<void> => {
    const operator = grpcCaller(address, system.token('bootstrapTokenFile'));
    expect(await operator('ListCodes', {})).toMatchObject({ status: 0 });
    operator.close();
  };

  const eventually = async <T>(look: () => T | undefined): Promise<T> => {
    const giveUpMs = performance.now() + WAIT_MS;
    for (;;) {
      const found = look();
      if (found !== undefined) return found;
      if (performance.now() > giveUpMs) throw new Error(`not seen: ${receiver.spans().map(shown).join('\n')}`);
      await new Promise((turn) => setTimeout(turn, 50));
    }
  };

  const inTrace = (): readonly ReceivedSpan[] => receiver.spans().filter((span) => span.traceId === traceId);
  const spanOf = (
    service: string,
    name: string,
    facts: Readonly<Record<string, unknown>> = {},
  ): Promise<ReceivedSpan> =>
    eventually(() =>
      inTrace().find(
        (span) =>
          span.service === `openclaw-${service}` &&
          span.name === name &&
          Object.entries(facts).every(([attribute, value]) => span.attributes[attribute] === value),
      ),
    );

  it(
    'is one trace from the request for a code to the alert about it: parents and links',
    async () => {
      const asked = await spanOf('issuer', 'POST /v1/codes', { 'http.response.status_code': 201 });
      expect(asked.parentSpanId).toBe(clientSpan);
      const sent = await spanOf('issuer', 'send openclaw.lifecycle.v1');
      expect(sent.parentSpanId).toBe(asked.spanId);
      for (const [service, consumer] of [
        ['validator', 'code-index'],
        ['audit', 'trail'],
      ] as const) {
        const facts = { 'messaging.consumer.group.name': consumer };
        const processed = await spanOf(service, 'process openclaw.lifecycle.v1', facts);
        expect(processed).toMatchObject({ parentSpanId: sent.spanId, links: [sent.spanId] });
      }
      const facts = { 'openclaw.denial.reason': 'ip_denied', 'openclaw.outcome': 'denied' };
      const refused = await spanOf('validator', 'openclaw.validator.v1.ValidatorService/Validate', facts);
      expect(refused.parentSpanId).toBe(clientSpan);
      const recorded = await eventually(() =>
        inTrace().find((span) => span.service === 'openclaw-audit' && span.links.includes(refused.spanId)),
      );
      expect(recorded).toMatchObject({ name: 'process openclaw.usage.v1', parentSpanId: refused.spanId });
      const alerted = await spanOf('anomaly', 'send openclaw.alerts.v1');
      const judged = await eventually(() => inTrace().find(({ spanId }) => spanId === alerted.parentSpanId));
      expect(judged).toMatchObject({
        service: 'openclaw-anomaly',
        name: 'process openclaw.usage.v1',
        parentSpanId: refused.spanId,
        links: [refused.spanId],
      });
    },
    TEST_MS,
  );

  it(
    'goes on with the trace of a use over HTTP: from its header, or from the field of the use, which goes first',
    async () => {
      const [ofHeader, ofField] = [randomBytes(8).toString('hex'), randomBytes(8).toString('hex')];
      const ask = (field: object): Promise<Response> =>
        fetch(`${validator['http'] ?? ''}/v1/validate`, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            authorization: `Bearer ${system.token('serviceTokenFile')}`,
            traceparent: `00-${traceId}-${ofHeader}-01`,
          },
          body: JSON.stringify({ code: 'none', ...field }),
        });
      expect((await ask({})).status).toBe(200);
      expect((await ask({ traceparent: `00-${traceId}-${ofField}-01` })).status).toBe(200);
      const childrenOf = (parent: string): readonly ReceivedSpan[] =>
        inTrace().filter(({ parentSpanId }) => parentSpanId === parent);
      const served = await eventually(() => (childrenOf(ofHeader).length === 2 ? childrenOf(ofHeader) : undefined));
      expect(served.map(({ name }) => name)).toEqual(['POST /v1/validate', 'POST /v1/validate']);
      const judged = await eventually(() => served.flatMap(({ spanId }) => childrenOf(spanId))[0]);
      expect(judged.attributes).toMatchObject({ 'openclaw.denial.reason': 'malformed' });
      await eventually(() => childrenOf(ofField)[0]);
    },
    TEST_MS,
  );

  it(
    'exports the metrics of docs/reference/metrics.md and no others, in the units and kinds that it says',
    async () => {
      const documented = metricsOf(readFileSync(METRICS_PAGE, 'utf8'));
      const exported = (): string[] =>
        [...new Set(receiver.metrics().map(({ name, kind, unit }) => `${name} ${kind} ${unit}`))].sort();
      await eventually(() => (exported().length >= documented.length ? true : undefined)).catch(() => undefined);
      expect(exported()).toEqual(documented);
    },
    TEST_MS,
  );

  it('gives no attribute of a metric an id, a code or an address', () => {
    const points = receiver.metrics().flatMap((metric) => metric.points);
    const values = new Set(points.flatMap((point) => Object.values(point).map(String)));
    expect([...values].filter((value) => /[0-9a-f]{20}|\d+\.\d+\.\d+\.\d+|ocpc_/.test(value))).toEqual([]);
    expect(values.size).toBeLessThan(100);
  });

  const aMasterKey = async (): Promise<unknown> => {
    const { body } = await call('GET', '/v1/master-keys');
    const [key] = body['masterKeys'] as readonly Record<string, unknown>[];
    return key?.['masterKeyId'];
  };

  /** Every way to get a secret into a place where it does not belong that a caller has. */
  const failWithSecrets = async (): Promise<void> => {
    const code = canaries.get('the code') ?? '';
    const unknown = generateCode();
    canaries.set('an unknown code', unknown);
    for (const wrong of [unknown, `${code}x`, code.slice(0, -1), `${unknown.slice(0, -1)}!`]) {
      await client.validate({ code: wrong, traceparent });
    }
    const misplaced = { service: code, resource: MASTER_KEY, action: code, sourceIp: code, traceparent: code };
    await client.ask({ code, ...misplaced, requestId: 'r' });
    await client.ask({ code, ...misplaced, requestId: code });
    await call('POST', '/v1/codes', { label: code, secret: MASTER_KEY, owner: MASTER_KEY });
    const owned = { masterKeyId: await aMasterKey(), scopes: ['a:b:c'], label: 'l' };
    const odd = { 'x-request-id': `${code} ${MASTER_KEY}`, traceparent: code };
    expect((await call('POST', '/v1/codes', owned, odd)).status).toBe(201);
    for (const fields of [{ label: code }, { label: 'l', owner: MASTER_KEY }]) {
      const refused = await call('POST', '/v1/codes', { ...owned, ...fields });
      expect([refused.status, JSON.stringify(refused.body)]).toEqual([400, expect.stringContaining('kept for ever')]);
    }
    const hasty = await call('POST', '/v1/codes', { ...owned, reason: `like ${code}, for ${MASTER_KEY}` });
    expect(hasty.status).toBe(201);
    await call('GET', `/v1/codes/${code}`, undefined, { traceparent });
    await call('GET', `/${code}?token=${MASTER_KEY}`, undefined, { traceparent });
    await call('POST', '/v1/codes', {}, { 'idempotency-key': `${code} ${MASTER_KEY}`, traceparent: code });
    await call('POST', '/v1/codes', {}, { authorization: `Bearer ${code}`, 'x-request-id': 'r' });
    for (const base of [validator['http'] ?? '']) {
      await fetch(`${base}/v1/validate`, { method: 'POST', body: `{"code":"${code}"`, headers: JSON_BODY });
      await fetch(`${base}/v1/${code}`, { method: 'POST', body: MASTER_KEY, headers: JSON_BODY });
    }
  };

  /** The same, while nothing can be written: what drivers say about that must hold no value either. */
  const failWithoutDatabase = async (): Promise<void> => {
    await postgres.stop();
    const body = { label: 'l', provider: 'p', secret: MASTER_KEY };
    await Promise.all([
      call('POST', '/v1/master-keys', body, { traceparent }).catch(() => undefined),
      client.validate({ code: canaries.get('the code') ?? '', traceparent }),
      client.validate({ code: canaries.get('an unknown code') ?? '', traceparent }),
    ]);
    await eventually(() => (system.output.stdout.some((line) => line.includes('"warn"')) ? true : undefined));
  };

  const hunted = (): Map<string, string> =>
    new Map([
      ['standard output', system.output.stdout.join('\n')],
      ['standard error', system.output.stderr.join('\n')],
      ['traces', receiver.text('traces')],
      ['metrics', receiver.text('metrics')],
      ['logs', receiver.text('logs')],
    ]);

  it(
    'leaves no secret in output, traces, metrics, exported logs, the log and tables, whatever fails',
    async () => {
      await failWithSecrets();
      const tables = await databaseText(adminUrl);
      await failWithoutDatabase();
      await system.stop();
      const places = hunted().set('the log and tables', tables);
      for (const place of ['standard output', 'traces', 'metrics', 'logs', 'the log and tables']) {
        expect(`${place}: ${(places.get(place) ?? '').length > 500}`).toBe(`${place}: true`);
      }
      expect(found(canaries, places)).toEqual([]);
      const failed = system.output.stdout.filter((line) => line.includes('a request failed'));
      expect(failed).toContainEqual(expect.stringContaining(`"trace_id":"${traceId}"`));
    },
    TEST_MS * 2,
  );

  it('would find one in each of them: planted leaks are seen', async () => {
    const [code = ''] = [canaries.get('the code')];
    const leaks = new Map<string, string>([...hunted().keys()].map((place) => [place, place]));
    for (const [place, text] of leaks) {
      for (const form of formsOf(code)) {
        expect(found(canaries, new Map([[place, `${text} {"a":"x${form}y"}`]]))).not.toEqual([]);
      }
    }
    await fetch(`${receiver.url}/v1/traces`, { method: 'POST', body: JSON.stringify({ leak: code }) });
    expect(found(canaries, hunted())).toEqual(['the code in traces']);
    receiver.requests.pop();
  });
});

const JSON_BODY = { 'content-type': 'application/json' };

/** Forms in which a secret could be left behind: as it is, hashed, in base64 (as header or part of one), in a URL. */
const formsOf = (secret: string): readonly string[] => {
  const sha256 = createHash('sha256').update(secret).digest();
  const inside = [0, 1, 2].map((shift) => {
    const text = Buffer.from(' '.repeat(shift) + secret).toString('base64');
    return text.slice(shift === 0 ? 0 : 4, -4);
  });
  return [secret, sha256.toString('hex'), sha256.toString('base64'), ...inside, encodeURIComponent(secret)];
};

const found = (canaries: ReadonlyMap<string, string>, places: ReadonlyMap<string, string>): string[] =>
  [...canaries].flatMap(([canary, value]) => {
    if (value.length < 20) throw new Error(`${canary} was not planted`);
    const forms = formsOf(value);
    return [...places].flatMap(([place, text]) =>
      forms.some((form) => text.includes(form)) ? [`${canary} in ${place}`] : [],
    );
  });

const shown = ({ service, name, traceId, spanId, parentSpanId }: ReceivedSpan): string =>
  `${service} ${name} ${traceId.slice(0, 8)} ${spanId} <- ${parentSpanId ?? 'none'}`;

/** Rows of the page's tables: name, kind, unit. */
const metricsOf = (page: string): string[] =>
  [...page.matchAll(/^\| `([a-z0-9_.]+)` *\| (\w+) *\| `([^`]+)` *\|/gm)]
    .map(([, name, kind, unit]) => `${name} ${kind} ${unit}`)
    .sort();
