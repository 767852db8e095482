import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { anomalyConfig, startAnomaly } from '@openclaw/anomaly';
import { TOPIC, alertCodec, deadLetterCodec, type DomainEvent, type UsageEvent } from '@openclaw/contracts';
import { DOMAIN_EXAMPLES } from '@openclaw/contracts/testing';
import type { JournalStore, RecordedEvent } from '@openclaw/event-log';
import { encodeOuterForm, openEventLog, streamName } from '@openclaw/event-log';
import { grantPostgresJournalLogin } from '@openclaw/event-log-postgres';
import { PostgresStores } from '@openclaw/event-log-postgres/testing';
import { type RunningApp, hashToken, newToken } from '@openclaw/platform';
import { BENCH_START_TIMEOUT_MS, type Postgres, sharedPostgres } from '@openclaw/test/testbench';
import { EvidenceWriter, USAGE_PARTITIONS, guesses, use } from '../testing/evidence-writer';
import { auditConfig, startAudit } from '.';

const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };
const WAIT_MS = 20_000;
const ALERT_PARTITIONS = 3;
const tokens = { admin: newToken('operator'), auditor: newToken('operator'), issuer: newToken('operator') };
type Role = keyof typeof tokens;
type Json = Record<string, unknown>;

const example = <Type extends DomainEvent['type']>(type: Type): Extract<DomainEvent, { type: Type }> => {
  const found = DOMAIN_EXAMPLES.find((one): one is Extract<DomainEvent, { type: Type }> => one.type === type);
  if (found === undefined) throw new Error(`no example of ${type}`);
  return found;
};

describe('audit and anomaly on a real PostgreSQL log', () => {
  let postgres: Postgres;
  let stores: PostgresStores;
  let store: JournalStore;
  let writer: EvidenceWriter;
  let audit: RunningApp;
  let adminUrl: string;

  const ask = async (
    app: RunningApp,
    path: string,
    { as = 'auditor', body }: { as?: Role | 'nobody'; body?: object } = {},
  ) => {
    const response = await fetch(`${app.listens['http']}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        'content-type': 'application/json',
        ...(as === 'nobody' ? {} : { authorization: `Bearer ${tokens[as]}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Json };
  };
  const eventually = async (path: string, enough: (body: Json) => boolean, app = audit): Promise<Json> => {
    const end = performance.now() + WAIT_MS;
    for (;;) {
      const { body } = await ask(app, path);
      if (enough(body)) return body;
      if (performance.now() > end) throw new Error(`${path} still answers ${JSON.stringify(body)}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const download = (path: string): Promise<Response> =>
    fetch(`${audit.listens['http']}${path}`, { headers: { authorization: `Bearer ${tokens.auditor}` } });
  const entries = (body: Json): Json[] => (body['entries'] ?? []) as Json[];
  const uses = (body: Json): Json[] => (body['usage'] ?? []) as Json[];

  /** Everything accepted on a topic now. */
  const eventsOn = async (
    topic: string,
    partitions: number,
    codec: { decode(type: string, data: unknown): { understood: boolean } },
  ) => {
    const events: RecordedEvent[] = [];
    for (let partition = 0; partition < partitions; partition += 1) {
      const log = await openEventLog(await store.open(topic, partition), { source: 'spec', role: 'reader' });
      for await (const batch of log.follow('beginning', AbortSignal.timeout(WAIT_MS))) {
        events.push(...batch.entries.flatMap((entry) => (entry.kind === 'event' ? [entry.event] : [])));
        if (batch.caughtUp) break;
      }
      await log.close();
    }
    return events.filter(({ type, data }) => codec.decode(type, data).understood);
  };
  const login = (name: string, appendTo: readonly string[]): Promise<string> =>
    grantPostgresJournalLogin(adminUrl, { login: `${name}_${process.pid}`, password: 'only-for-this-spec', appendTo });
  const startsAnomaly = async (): Promise<RunningApp> =>
    startAnomaly(
      anomalyConfig({
        OPENCLAW_LOG_URL: await login('anomaly', [TOPIC.alerts, TOPIC.coordination]),
        OPENCLAW_ANOMALY_HTTP_LISTEN: '127.0.0.1:0',
      }),
      SILENT,
    );
  const startsAudit = async (): Promise<RunningApp> =>
    startAudit(
      auditConfig({
        OPENCLAW_LOG_URL: await login('audit', [TOPIC.deadLetter, TOPIC.checkpoints, TOPIC.coordination]),
        OPENCLAW_VIEWS_URL: adminUrl,
        OPENCLAW_AUDIT_HTTP_LISTEN: '127.0.0.1:0',
      }),
      SILENT,
    );

  beforeAll(async () => {
    postgres = await sharedPostgres();
    adminUrl = await postgres.freshDatabase('audit');
    stores = await PostgresStores.on(adminUrl);
    store = stores.store();
    writer = await EvidenceWriter.open(store);
    for (const role of ['admin', 'auditor', 'issuer'] as const) {
      const { data } = example('OperatorAdded');
      const added = { ...data, operatorId: role, roles: [role], tokenHash: hashToken(tokens[role]) };
      await writer.happens(`operator/${role}`, 1, { type: 'OperatorAdded', data: added }, 'first operators');
    }
    audit = await startsAudit();
  }, BENCH_START_TIMEOUT_MS);

  afterAll(async () => {
    await audit.close();
    await writer.close();
    await stores.dispose();
    await postgres.stop();
  }, BENCH_START_TIMEOUT_MS);

  it('starts before any validator has made the usage topic, and says what it waits for', async () => {
    expect(await ask(audit, '/health/live', { as: 'nobody' })).toMatchObject({ status: 200 });
    const ready = await ask(audit, '/health/ready', { as: 'nobody' });
    expect(ready.status).toBe(503);
    expect(Object.keys(ready.body['missing'] as Json)).toEqual(['usage-topic']);
    await writer.openUsage();
    await eventually('/health/ready', (body) => body['status'] === 'ready');
  });

  it('shows who changed a code, when, from where and why, with old and new values and without a hash', async () => {
    const stream = 'pairing-code/code-1';
    const change = { setting: 'label', before: 'nightly build', after: 'weekly build' } as const;
    const { codeId, at, command } = example('PairingCodeRevoked').data;
    await writer.happens(stream, 1, example('PairingCodeIssued'), 'for the build');
    const updated: DomainEvent = { type: 'PairingCodeUpdated', data: { codeId, at, command, changes: [change] } };
    await writer.happens(stream, 2, updated, 'renamed');
    await writer.happens(stream, 3, example('PairingCodeRevoked'), 'leaked in a ticket');
    const trail = await eventually('/v1/trail?entity=code-1', (body) => entries(body).length === 3);
    expect(entries(trail).map(({ type, reason, sourceIp, actor }) => ({ type, reason, sourceIp, actor }))).toEqual(
      [
        ['openclaw.pairing-code.issued.v1', 'for the build'],
        ['openclaw.pairing-code.updated.v1', 'renamed'],
        ['openclaw.pairing-code.revoked.v1', 'leaked in a ticket'],
      ].map(([type, reason]) => ({
        type,
        reason,
        sourceIp: '192.0.2.44',
        actor: { id: 'operator-7', method: 'operator-token' },
      })),
    );
    expect(JSON.stringify(trail)).not.toMatch(/Hash/);
    const { body: history } = await ask(audit, '/v1/codes/code-1/history');
    expect((history['history'] as Json[]).map(({ changes }) => changes)).toEqual([[], [change], []]);
    expect(await ask(audit, '/v1/codes/none/history')).toMatchObject({
      status: 404,
      body: { code: 'openclaw.pairing-code.not-found' },
    });
  });

  it('hands out pages that join without a gap, and refuses a token of another query', async () => {
    const whole = entries((await ask(audit, '/v1/trail')).body);
    const paged: Json[] = [];
    let after = '';
    do {
      const { body } = await ask(audit, `/v1/trail?page_size=2${after}`);
      paged.push(...entries(body));
      const token = body['next_page_token'];
      after = typeof token === 'string' ? `&after=${token}` : '';
    } while (after !== '');
    expect(paged).toEqual(whole);
    expect(whole.length).toBeGreaterThan(5);
    const { body: first } = await ask(audit, '/v1/trail?page_size=1');
    const refused = await ask(audit, `/v1/trail?actor=x&after=${String(first['next_page_token'])}`);
    expect(refused).toMatchObject({ status: 400, body: { code: 'openclaw.request.page-token-invalid' } });
    expect(await ask(audit, '/v1/trail?page_size=501')).toMatchObject({ status: 400 });
    expect(await ask(audit, '/v1/trail?entitty=x')).toMatchObject({ status: 400 });
  });

  it('lets in only whom the log names, and only administrators rebuild', async () => {
    expect(await ask(audit, '/v1/trail', { as: 'nobody' })).toMatchObject({ status: 401 });
    expect(await ask(audit, '/v1/trail', { as: 'issuer' })).toMatchObject({ status: 403 });
    expect(await ask(audit, '/v1/rebuild', { body: { projection: 'trail' } })).toMatchObject({ status: 403 });
  });

  it('shows usage with reasons, counted by outcome, reason and hour', async () => {
    await writer.uses('code-1', [
      use('code-1'),
      use('code-1', 'ip_denied', '203.0.113.9'),
      use('code-1', 'scope_denied'),
    ]);
    const usage = await eventually('/v1/usage?code=code-1', (body) => uses(body).length === 3);
    expect(uses(usage).map(({ outcome, reason }) => [outcome, reason])).toEqual([
      ['allowed', null],
      ['denied', 'ip_denied'],
      ['denied', 'scope_denied'],
    ]);
    expect(uses((await ask(audit, '/v1/usage?code=code-1&outcome=denied&reason=ip_denied')).body)).toHaveLength(1);
    const { body: first } = await ask(audit, '/v1/usage?code=code-1&page_size=2');
    const rest = await ask(audit, `/v1/usage?code=code-1&page_size=2&after=${String(first['next_page_token'])}`);
    expect([...uses(first), ...uses(rest.body)]).toEqual(uses(usage));
    for (const [filters, count] of [
      ['service=openai&from=2020-01-01T00:00:00Z', 3],
      ['validator=nobody', 0],
      ['producer=nobody', 0],
      ['until=2020-01-01T00:00:00Z', 0],
    ]) {
      expect(uses((await ask(audit, `/v1/usage?code=code-1&${filters}`)).body)).toHaveLength(Number(count));
    }
    expect(entries((await ask(audit, '/v1/trail?entity=code-1&from=2100-01-01T00:00:00Z')).body)).toEqual([]);
    expect((await ask(audit, '/v1/usage?from=yesterday')).status).toBe(400);
    const { body: summary } = await ask(audit, '/v1/usage/summary?code=code-1');
    expect(summary).toMatchObject({
      byOutcome: { allowed: 1, denied: 2 },
      byReason: { ip_denied: 1, scope_denied: 1 },
    });
  });

  it('counts usage by whatever is asked for: who used what, and codes that nobody used', async () => {
    const [owned, idle] = ['code-owned', 'code-idle'];
    for (const [codeId, owner] of [
      [owned, 'team-a'],
      [idle, 'team-b'],
    ] as const) {
      const { data } = example('PairingCodeIssued');
      const issued = { ...data, codeId, settings: { ...data.settings, owner } };
      await writer.happens(`pairing-code/${codeId}`, 1, { type: 'PairingCodeIssued', data: issued }, 'for the team');
    }
    const given = {
      ...example('PairingCodeUpdated').data,
      codeId: owned,
      changes: [{ setting: 'owner', before: 'team-a', after: 'team-c' }],
    } as const;
    await writer.happens(`pairing-code/${owned}`, 2, { type: 'PairingCodeUpdated', data: given }, 'moved');
    await writer.uses(owned, [
      use(owned, undefined, '10.0.0.1'),
      use(owned, undefined, '10.0.0.2'),
      use(owned, 'expired', '10.0.0.1'),
    ]);
    const groups = (body: Json): Json[] => (body['groups'] ?? []) as Json[];
    const path = '/v1/usage/groups?by=owner,source_ip,outcome&owner=team-c';
    const seen = await eventually(
      path,
      (body) => groups(body).reduce((sum, one) => sum + Number(one['count']), 0) === 3,
    );
    expect(groups(seen)).toMatchObject([
      { owner: 'team-c', source_ip: '10.0.0.1', outcome: 'allowed', count: 1 },
      { owner: 'team-c', source_ip: '10.0.0.1', outcome: 'denied', count: 1 },
      { owner: 'team-c', source_ip: '10.0.0.2', outcome: 'allowed', count: 1 },
    ]);
    const { body: first } = await ask(audit, `${path}&page_size=2`);
    const rest = await ask(audit, `${path}&page_size=2&after=${String(first['next_page_token'])}`);
    expect([...groups(first), ...groups(rest.body)]).toEqual(groups(seen));
    const { body: whole } = await ask(audit, '/v1/usage/groups?by=hour,service,reason&page_size=500');
    const { body: listed } = await ask(audit, '/v1/usage?page_size=500');
    const counted = groups(whole).reduce((sum, one) => sum + Number(one['count']), 0);
    const inList = uses(listed).reduce(
      (sum, one) => sum + Number((one['aggregated'] as Json | undefined)?.['count'] ?? 1),
      0,
    );
    expect(counted).toBe(inList);
    const { body: unused } = await ask(audit, '/v1/usage/unused-codes?page_size=500');
    expect(unused['codeIds']).toContain(idle);
    expect(unused['codeIds']).not.toContain(owned);
    for (const bad of ['by=nobody', 'by=code,code', 'by=code&from=yesterday', 'by=code&after=x', '']) {
      expect((await ask(audit, `/v1/usage/groups?${bad}`)).status).toBe(400);
    }
    expect(await ask(audit, '/v1/usage/groups?by=code', { as: 'issuer' })).toMatchObject({ status: 403 });
  });

  it('says of each producer whether all that it has recorded is there, and of an export, too', async () => {
    const opened = (producer: string, openedAt = Date.now()): UsageEvent => ({
      type: 'ProducerOpened',
      data: { producer, sequence: 1, validator: 'validator-1', partition: 0, openedAt, durability: 'fsync' },
    });
    const closed = (producer: string, last: number): UsageEvent => ({
      type: 'ProducerClosed',
      data: { producer, sequence: last + 1, last, closedBy: 'validator-1' },
    });
    const used = (producer: string): UsageEvent => use('code-p')({ producer, sequence: 2 });
    const [from, to] = [Date.now() - 1000, Date.now() + 60_000];
    const lost = { partition: 0, lastKnown: 9, from, to, declaredBy: 'validator-1' };
    await writer.produces('p-complete', 0, [opened('p-complete'), used('p-complete'), closed('p-complete', 2)]);
    await writer.produces('p-open', 0, [opened('p-open'), used('p-open')]);
    await writer.produces('p-short', 0, [opened('p-short'), used('p-short'), closed('p-short', 5)]);
    await writer.produces('p-told', 0, [opened('p-told'), used('p-told'), closed('p-told', 2)]);
    await writer.renews('p-told', [7]);
    await writer.produces('p-silent', 0, [opened('p-silent', from - 7_200_000)]);
    await writer.renews('p-unheard', [0, 4]);
    const ending: UsageEvent = { type: 'ProducerLost', data: { producer: 'p-lost', ...lost } };
    await writer.produces('p-lost', 0, [opened('p-lost'), used('p-lost'), ending]);
    const producers = (body: Json): Json[] => (body['producers'] ?? []) as Json[];
    const verdicts = (body: Json): Json =>
      Object.fromEntries(producers(body).map((one) => [String(one['producer']), one['verdict']]));
    const expected = {
      'p-complete': 'complete', 'p-open': 'open', 'p-short': 'unaccounted', 'p-told': 'unaccounted',
      'p-silent': 'unaccounted', 'p-unheard': 'open', 'p-lost': 'lost',
    }; // prettier-ignore
    const all = await eventually('/v1/producers', (body) => isDeepStrictEqual(verdicts(body), expected));
    const one = producers(all).find(({ producer }) => producer === 'p-lost');
    expect(one).toMatchObject({ durability: 'fsync', window: { to: new Date(to).toISOString() } });
    expect((one?.['partitions'] as Json[])[0]).toMatchObject({ partition: 0, recorded: 2, last: null });
    expect(producers((await ask(audit, '/v1/producers?verdict=lost')).body)).toEqual([one]);
    expect(producers((await ask(audit, '/v1/producers?validator=nobody')).body)).toEqual([]);
    const { body: first } = await ask(audit, '/v1/producers?page_size=3');
    const rest = await ask(audit, `/v1/producers?verdict=open&after=${String(first['next_page_token'])}`);
    expect(rest.status).toBe(400); // a token is bound to its query
    const next = await ask(audit, `/v1/producers?page_size=3&after=${String(first['next_page_token'])}`);
    expect([...producers(first), ...producers(next.body)]).toEqual(producers(all).slice(0, 6));
    expect((await ask(audit, '/v1/producers?verdict=fine')).status).toBe(400);
    const { completeness } = (await ask(audit, '/v1/exports/usage/manifest')).body as { completeness: Json };
    expect(completeness).toMatchObject({
      verdict: 'lost',
      producers: { complete: 1, open: 2, unaccounted: 3, lost: 1 },
    });
    expect((completeness['holes'] as Json[]).map(({ producer }) => producer)).toContain('p-lost');
  });

  it.each(['trail', 'usage'])('exports the %s as a file that is what its manifest says, also later', async (view) => {
    const manifests: [Json, string][] = [];
    for (const format of ['csv', 'ndjson']) {
      const { body: manifest } = await ask(audit, `/v1/exports/${view}/manifest?format=${format}`);
      const file = await (await download(String(manifest['file']))).text();
      expect(createHash('sha256').update(file).digest('hex')).toBe(manifest['sha256']);
      expect(Buffer.byteLength(file)).toBe(manifest['bytes']);
      expect(file).not.toContain('codeHash');
      manifests.push([manifest, file]);
    }
    const { body: listed } = await ask(audit, `/v1/${view}?page_size=500`);
    const rows = view === 'trail' ? entries(listed) : uses(listed);
    expect(manifests.map(([manifest]) => manifest['count'])).toEqual([rows.length, rows.length]);
    const lines = (manifests[1]?.[1] ?? '').trim().split('\n');
    // A file is in the order of the log, partition by partition; a list is in the order of time.
    const inOrder = (some: readonly Json[]) => some.map((one) => JSON.stringify(one)).toSorted();
    expect(inOrder(lines.map((line) => JSON.parse(line) as Json))).toEqual(inOrder(rows));
    await writer.uses(`code-4-${view}`, [use(`code-4-${view}`)]);
    await writer.happens(`master-key/${view}`, 1, example('MasterKeyRegistered'), 'later');
    await eventually(`/v1/usage?code=code-4-${view}`, (body) => uses(body).length === 1);
    await eventually(`/v1/trail?entity=master-key/${view}`, (body) => entries(body).length === 1);
    for (const [{ file }, before] of manifests) expect(await (await download(String(file))).text()).toBe(before);
    expect((await download(`/v1/exports/${view}?until=nonsense`)).status).toBe(400);
    expect((await download('/v1/exports/secrets/manifest')).status).toBe(404);
    expect(await ask(audit, `/v1/exports/${view}/manifest`, { as: 'issuer' })).toMatchObject({ status: 403 });
  });

  it('raises exactly one alert per incident, and none again after a restart', async () => {
    const refusals = Array.from({ length: 7 }, () => use('code-2', 'expired'));
    await writer.uses('code-2', refusals);
    await writer.uses('198.51.100.7', [guesses('198.51.100.7', 9), guesses('198.51.100.7', 4)]);
    const alerts = (body: Json): string[] => ((body['alerts'] ?? []) as Json[]).map((one) => JSON.stringify(one));
    let anomaly = await startsAnomaly();
    const raised = await eventually('/v1/alerts', (body) => alerts(body).length === 3, anomaly);
    expect(alerts(raised).filter((one) => one.includes('outside-use') && one.includes('code-1'))).toHaveLength(1);
    expect(alerts(raised).filter((one) => one.includes('code-2'))).toHaveLength(1);
    expect(alerts(raised).filter((one) => one.includes('198.51.100.7'))).toHaveLength(1);
    await anomaly.close();
    const before = await eventsOn(TOPIC.alerts, ALERT_PARTITIONS, alertCodec);
    anomaly = await startsAnomaly();
    await writer.uses('code-2', [use('code-2', 'expired')]);
    await writer.uses(
      'code-3',
      Array.from({ length: 5 }, () => use('code-3', 'revoked')),
    ); // it has seen all before
    await eventually('/v1/alerts', (body) => alerts(body).some((one) => one.includes('code-3')), anomaly);
    await anomaly.close();
    const after = await eventsOn(TOPIC.alerts, ALERT_PARTITIONS, alertCodec);
    expect([before.length, after.length]).toEqual([3, 4]);
  });

  it('keeps what it cannot read with its reason, tells once on the dead-letter topic, and goes on', async () => {
    await writer.raw(Buffer.from('not JSON'));
    const newer = {
      id: 'n-1',
      type: 'openclaw.pairing-code.issued.v9',
      time: new Date().toISOString(),
      source: 's',
      data: {},
    };
    await writer.raw(encodeOuterForm(streamName('pairing-code/newer'), 1, newer));
    await writer.happens('pairing-code/code-9', 1, example('PairingCodeIssued'), 'after the poison');
    await eventually('/v1/trail?entity=code-9', (body) => entries(body).length === 1);
    const [trail] = (await ask(audit, '/v1/status')).body['projections'] as { partitions: Json[] }[];
    expect(trail?.partitions).toMatchObject([{ topic: TOPIC.lifecycle, quarantined: 2, lagRecords: 0, fault: null }]);
    expect(await eventsOn(TOPIC.deadLetter, 1, deadLetterCodec)).toHaveLength(2);
  });

  it('rebuilds each projection from the log to the same digest, and serves on', async () => {
    const meanwhile: Json[][] = [];
    let isRebuilding = true;
    const reading = (async () => {
      while (isRebuilding) meanwhile.push(uses((await ask(audit, '/v1/usage?code=code-1')).body));
    })();
    for (const projection of ['trail', 'usage']) {
      const { status, body } = await ask(audit, '/v1/rebuild', { as: 'admin', body: { projection } });
      expect({ status, body }).toMatchObject({ status: 200, body: { projection, generation: 2, identical: true } });
      expect(body['before']).toEqual(body['rebuilt']);
      expect((body['rebuilt'] as Json)['rows']).toBeGreaterThan(3);
    }
    isRebuilding = false;
    await reading;
    expect(meanwhile.length).toBeGreaterThan(5);
    expect(new Set(meanwhile.map((seen) => JSON.stringify(seen))).size).toBe(1);
    expect(entries((await ask(audit, '/v1/trail?entity=code-1')).body)).toHaveLength(3);
    expect(await eventsOn(TOPIC.deadLetter, 1, deadLetterCodec)).toHaveLength(2);
    await writer.uses('code-1', [use('code-1')]);
    await eventually('/v1/usage?code=code-1', (body) => uses(body).length === 4);
    expect(await ask(audit, '/v1/rebuild', { as: 'admin', body: { projection: 'none' } })).toMatchObject({
      status: 400,
    });
  });

  it('shows by its digest that somebody changed a row, and serves what the log says', async () => {
    const client = await stores.client('admin');
    await client.query(`UPDATE openclaw_views.trail SET reason = 'forged' WHERE entity_id = 'code-9'`);
    const { body } = await ask(audit, '/v1/rebuild', { as: 'admin', body: { projection: 'trail' } });
    expect(body).toMatchObject({ generation: 3, identical: false });
    const [entry] = entries((await ask(audit, '/v1/trail?entity=code-9')).body);
    expect(entry?.['reason']).toBe('after the poison');
  });

  it('goes on after a restart where it was: nothing lost, nothing twice', async () => {
    await audit.close();
    await writer.uses('code-1', [use('code-1')]);
    audit = await startsAudit();
    await eventually('/v1/usage?code=code-1', (body) => uses(body).length === 5);
    const { projections } = (await ask(audit, '/v1/status')).body as { projections: { partitions: Json[] }[] };
    expect(projections.map(({ partitions }) => partitions.length)).toEqual([1, USAGE_PARTITIONS]);
    expect(entries((await ask(audit, '/v1/trail?entity=code-1')).body)).toHaveLength(3);
  });
});
