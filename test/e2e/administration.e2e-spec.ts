import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { anomalyConfig, startAnomaly } from '@openclaw/anomaly';
import { auditConfig, startAudit } from '@openclaw/audit';
import { TOPIC, domainCodec } from '@openclaw/contracts';
import { unixMs } from '@openclaw/domain';
import { type RecordedEvent, openEventLog, streamName } from '@openclaw/event-log';
import { issuerConfig, startIssuer } from '@openclaw/issuer';
import { type RunningApp, hashToken, openStore } from '@openclaw/platform';
import { type Installation, install } from '@openclaw/suite';
import { BENCH_START_TIMEOUT_MS, type Postgres, sharedKafka, startPostgres } from '@openclaw/test/testbench';
import { type Answer, rest } from '../demo/clients';
import { eventsOf as eventsOfStream } from './events-of';

type Caller = ReturnType<typeof rest>;
interface Person {
  readonly id: string;
  readonly token: string;
  readonly call: Caller;
}

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const WAIT_MS = 10_000;
const FREE = '127.0.0.1:0';

describe.each(['PostgreSQL', 'Kafka'])('administration over REST, on a real %s log', (log) => {
  const folder = mkdtempSync(join(tmpdir(), 'openclaw-administration-'));
  let postgres: Postgres;
  let installation: Installation;
  const issuers: RunningApp[] = [];
  let admin: Caller;
  let masterKeyId: string;

  const startAnother = async (changes: Record<string, string> = {}): Promise<RunningApp> => {
    const name = `issuer-${issuers.length + 1}`;
    const env = { ...installation.environment.issuer, OPENCLAW_ISSUER_HTTP_LISTEN: '127.0.0.1:0' };
    const issuer = await startIssuer(issuerConfig({ ...env, OPENCLAW_ISSUER_NAME: name, ...changes }), quiet);
    issuers.push(issuer);
    return issuer;
  };
  const at = (issuer: RunningApp | undefined, token: string): Caller => rest(issuer?.listens['http'] ?? '', token);
  const bootstrapToken = (): string => readFileSync(installation.files.bootstrapTokenFile, 'utf8').trim();
  const add = async (name: string, ...roles: string[]): Promise<Person> => {
    const { status, body } = await admin('POST', '/v1/operators', { name, roles });
    expect(status).toBe(201);
    const token = String(body['token']);
    return { id: String(body['operatorId']), token, call: at(issuers[0], token) };
  };
  const issueAs = (call: Caller, scopes: readonly string[]): Promise<Answer> =>
    call('POST', '/v1/codes', { masterKeyId, label: 'ci', scopes });
  const roles = async (person: Person, wanted: readonly string[], call = admin): Promise<Answer> =>
    call('PUT', `/v1/operators/${person.id}/roles`, { roles: wanted }, { 'if-match': '*' });
  const remove = (id: string, call = admin): Promise<Answer> =>
    call('POST', `/v1/operators/${id}/remove`, { reason: 'left' });
  const eventsOf = (stream: string): Promise<RecordedEvent[]> =>
    eventsOfStream(installation.environment.issuer, stream);

  beforeAll(async () => {
    // Its own server: logins belong to a whole server, and another installation on it would change their passwords.
    postgres = await startPostgres();
    const adminUrl = await postgres.freshDatabase('administration');
    installation = await install(log === 'Kafka' ? { adminUrl, folder, kafka: await kafkaOf() } : { adminUrl, folder });
    admin = at(await startAnother(), bootstrapToken());
    const registered = await admin('POST', '/v1/master-keys', {
      label: 'prod',
      provider: 'openai',
      secret: 'sk-12345678',
    });
    masterKeyId = String(registered.body['masterKeyId']);
  }, BENCH_START_TIMEOUT_MS);

  const kafkaOf = async (): Promise<Record<string, string>> => {
    const kafka = await sharedKafka(1);
    return {
      OPENCLAW_KAFKA_BROKERS: kafka.brokers.join(','),
      OPENCLAW_KAFKA_SINGLE_BROKER: 'true',
      OPENCLAW_KAFKA_TOPIC_PREFIX: `administration-${process.pid}-${Date.now()}.`,
    };
  };

  afterAll(async () => {
    for (const issuer of issuers) await issuer.close();
    await postgres.stop();
    rmSync(folder, { recursive: true });
  }, BENCH_START_TIMEOUT_MS);

  describe('operators', () => {
    it('get a token that is shown once and is on the log only as a keyed hash', async () => {
      const key = { 'idempotency-key': 'add-ada' };
      const [first, again] = [
        await admin('POST', '/v1/operators', { name: 'Ada', roles: ['auditor'], reason: 'new here' }, key),
        await admin('POST', '/v1/operators', { name: 'Ada', roles: ['auditor'], reason: 'new here' }, key),
      ];
      expect(first).toMatchObject({ status: 201, etag: '"1"', body: { name: 'Ada', roles: ['auditor'] } });
      expect(again).toMatchObject({ status: 200, body: { token: null, operatorId: first.body['operatorId'] } });
      const token = String(first.body['token']);
      expect(token).toMatch(/^ocop_/);

      const [event] = await eventsOf(`operator/${String(first.body['operatorId'])}`);
      const onTheLog = JSON.stringify(event);
      expect(onTheLog).not.toContain(token.slice(5));
      expect(onTheLog).not.toContain(hashToken(token)); // a hash without a key could be made by whoever writes to the log
      expect(onTheLog).toMatch(/"tokenHash":"operators-1:[0-9a-f]{64}"/);
      expect(event?.metadata).toMatchObject({
        authid: 'bootstrap-admin',
        authtype: 'operator-token',
        sourceip: '127.0.0.1',
        reason: 'new here',
      });
      const shown = await admin('GET', `/v1/operators/${String(first.body['operatorId'])}`);
      expect(Object.keys(shown.body)).toEqual(['operatorId', 'name', 'roles', 'status', 'revision']);
    });

    it('may do what their role permits, and nothing else', async () => {
      const auditor = await add('auditor', 'auditor');
      expect(await auditor.call('GET', '/v1/operators')).toMatchObject({ status: 200 });
      expect(await auditor.call('POST', '/v1/operators', { name: 'x', roles: ['admin'] })).toMatchObject({
        status: 403,
      });
      expect(await issueAs(auditor.call, ['a:b:c'])).toMatchObject({ status: 403 });
      const responder = await add('responder', 'responder');
      const { body } = await issueAs(admin, ['a:b:c']);
      const path = `/v1/codes/${String(body['codeId'])}`;
      expect(await responder.call('POST', `${path}/reissue`, {})).toMatchObject({ status: 403 });
      expect(await responder.call('POST', `${path}/suspend`, {})).toMatchObject({ status: 200 });
      expect(await responder.call('POST', `${path}/revoke`, { reason: 'leaked' })).toMatchObject({ status: 200 });
    });

    it('change roles: in force with the answer, with old and new roles on the log', async () => {
      const person = await add('Bob', 'auditor');
      expect((await person.call('GET', '/v1/operators')).status).toBe(200);
      expect((await admin('PUT', `/v1/operators/${person.id}/roles`, { roles: ['issuer'] })).status).toBe(428);
      expect(await roles(person, ['issuer'])).toMatchObject({ status: 200, etag: '"2"', body: { roles: ['issuer'] } });
      expect((await person.call('GET', '/v1/operators')).status).toBe(403);
      const events = await eventsOf(`operator/${person.id}`);
      expect(domainCodec.decode(events[1]?.type ?? '', events[1]?.data)).toMatchObject({
        event: { type: 'OperatorRolesChanged', data: { before: ['auditor'], roles: ['issuer'] } },
      });
      expect(await roles(person, [])).toMatchObject({ status: 400, body: { errors: [{ field: 'roles' }] } });
    });

    it('get another token: the old one is dead with the answer', async () => {
      const person = await add('Cyd', 'auditor');
      const { status, body } = await admin('POST', `/v1/operators/${person.id}/rotate-token`, {});
      expect(status).toBe(200);
      expect((await person.call('GET', '/v1/operators')).status).toBe(401);
      expect((await at(issuers[0], String(body['token']))('GET', '/v1/operators')).status).toBe(200);
    });

    it('give themselves a token that no admin has seen', async () => {
      const person = await add('Ned', 'responder');
      expect(await person.call('GET', '/v1/operators/me')).toMatchObject({
        status: 200,
        body: { operatorId: person.id },
      });
      const { status, body } = await person.call('POST', '/v1/operators/me/rotate-token', { reason: 'first day' });
      expect(status).toBe(200);
      expect((await person.call('GET', '/v1/operators/me')).status).toBe(401);
      const renewed = at(issuers[0], String(body['token']));
      expect(await renewed('GET', '/v1/operators/me')).toMatchObject({ status: 200, body: { roles: ['responder'] } });
      expect((await eventsOf(`operator/${person.id}`))[1]?.metadata).toMatchObject({
        authid: person.id,
        reason: 'first day',
      });
    });

    it('are removed for good, at once and in every process', async () => {
      const other = await startAnother();
      const person = await add('Dan', 'auditor');
      const elsewhere = at(other, person.token);
      await until(async () => (await elsewhere('GET', '/v1/operators')).status === 200);
      expect((await admin('POST', `/v1/operators/${person.id}/remove`, {})).status).toBe(400);
      expect(await remove(person.id)).toMatchObject({ status: 200, body: { status: 'removed' } });
      expect((await person.call('GET', '/v1/operators')).status).toBe(401);
      await until(async () => (await elsewhere('GET', '/v1/operators')).status === 401);
      expect(await remove(person.id)).toMatchObject({ status: 200, body: { status: 'removed' } });
      expect(await roles(person, ['admin'])).toMatchObject({ status: 409 });
      expect((await admin('GET', '/v1/operators?status=removed')).body['operators']).toContainEqual(
        expect.objectContaining({ operatorId: person.id }),
      );
    });
  });

  describe('the last admin', () => {
    const bootstrap: Pick<Person, 'id'> = { id: 'bootstrap-admin' };

    it('cannot be removed, nor lose the role', async () => {
      expect(await remove(bootstrap.id)).toMatchObject({
        status: 409,
        body: { code: 'openclaw.operator.wrong-state' },
      });
      expect(await roles(bootstrap as Person, ['auditor'])).toMatchObject({ status: 409 });
      expect((await admin('GET', '/v1/operators')).status).toBe(200);
    });

    it('is one of those who remove each other at the same moment through two processes', async () => {
      const people = [await add('Eve', 'admin'), await add('Fay', 'admin'), await add('Gil', 'admin')];
      for (const { token } of people) {
        for (const issuer of issuers)
          await until(async () => (await at(issuer, token)('GET', '/v1/operators')).status === 200);
      }
      const everybody = [...people.map(({ id }) => id), bootstrap.id];
      const callers = [...people.map(({ token }) => token), bootstrapToken()];
      await Promise.all(
        callers.flatMap((token, i) =>
          everybody.filter((_, j) => j !== i).map((id, j) => remove(id, at(issuers[(i + j) % issuers.length], token))),
        ),
      );
      const left = await Promise.all(callers.map((token) => at(issuers[0], token)('GET', '/v1/operators')));
      expect(left.filter(({ status }) => status === 200)).toHaveLength(1);
      const survivor = callers[left.findIndex(({ status }) => status === 200)] ?? '';
      admin = at(issuers[0], survivor);
      expect((await startAnother()).name).toBe('issuer'); // also when the bootstrap admin is gone
    });
  });

  it('an admin whose issuer died between role and roster counts after the next start', async () => {
    const cut = { operatorId: 'cut-off', at: unixMs(Date.now()), command: { id: 'cut-off', bodyHash: 'cut-off' } };
    const { type, data } = domainCodec.encode({
      type: 'OperatorAdded',
      data: { ...cut, name: 'cut off', roles: ['admin'], tokenHash: 'nobody knows its token' },
    });
    const store = openStore(issuerConfig(installation.environment.issuer).log, 'spec', quiet);
    const writer = await openEventLog(await store.open(TOPIC.lifecycle), { source: 'spec', role: 'writer' });
    const event = { id: 'cut-off', type, time: new Date().toISOString(), source: 'spec', data, metadata: {} };
    await writer.append(streamName('operator/cut-off'), 1, event);
    await writer.close();
    await store.close();
    const enrolled = async (): Promise<string[]> =>
      (await eventsOf('admin-roster/all')).flatMap((recorded) => {
        const decoded = domainCodec.decode(recorded.type, recorded.data);
        return decoded.understood && decoded.event.type === 'AdminEnrolled' ? [decoded.event.data.operatorId] : [];
      });
    expect(await enrolled()).not.toContain('cut-off');
    await startAnother();
    expect(await enrolled()).toContain('cut-off');
    expect((await remove('cut-off')).status).toBe(200);
  });

  it('every service knows the same operators and the same table', async () => {
    const person = {
      auditor: await add('Kim', 'auditor'),
      responder: await add('Lea', 'responder'),
      issuer: await add('Max', 'issuer'),
    };
    const { environment } = installation;
    const audit = await startAudit(auditConfig({ ...environment.audit, OPENCLAW_AUDIT_HTTP_LISTEN: FREE }), quiet);
    const anomaly = await startAnomaly(
      anomalyConfig({ ...environment.anomaly, OPENCLAW_ANOMALY_HTTP_LISTEN: FREE }),
      quiet,
    );
    const answers = async (app: RunningApp, path: string): Promise<Record<string, number>> => {
      const told = Object.entries(person).map(async ([role, { token }]) => {
        return [role, (await at(app, token)('GET', path)).status] as const;
      });
      return Object.fromEntries(await Promise.all(told));
    };
    try {
      await until(async () => (await at(audit, person.auditor.token)('GET', '/v1/trail')).status === 200);
      expect(await answers(audit, '/v1/trail')).toEqual({ auditor: 200, responder: 403, issuer: 403 });
      expect(await answers(anomaly, '/v1/alerts')).toEqual({ auditor: 200, responder: 200, issuer: 403 });
      await roles(person.auditor, ['issuer']);
      await until(async () => (await at(audit, person.auditor.token)('GET', '/v1/trail')).status === 403);
      await remove(person.responder.id);
      await until(async () => (await at(anomaly, person.responder.token)('GET', '/v1/alerts')).status === 401);
    } finally {
      await audit.close();
      await anomaly.close();
    }
  });

  describe('the catalogue and what an account may issue for', () => {
    const openai = {
      service: 'openai',
      title: 'OpenAI',
      resources: ['gpt-5', 'gpt-5-mini'],
      actions: ['chat', 'list'],
    };
    let issuer: Person;

    it('names services, their resources and actions', async () => {
      issuer = await add('Hal', 'issuer');
      expect(await issuer.call('POST', '/v1/services', openai)).toMatchObject({ status: 403 });
      expect(await admin('POST', '/v1/services', openai)).toMatchObject({ status: 201, body: { status: 'offered' } });
      expect(await admin('POST', '/v1/services', openai)).toMatchObject({ status: 409 });
      expect(await admin('POST', '/v1/services', { ...openai, service: 'a:b' })).toMatchObject({ status: 400 });
      const change = { resources: ['gpt-5', 'gpt-6'] };
      expect(await admin('PATCH', '/v1/services/openai', change, { 'if-match': '"1"' })).toMatchObject({
        status: 200,
        body: { resources: ['gpt-5', 'gpt-6'], actions: ['chat', 'list'], revision: 2 },
      });
      await until(async () => {
        const { body } = await issuer.call('GET', '/v1/services');
        return JSON.stringify(body).includes('gpt-6');
      });
    });

    it('an issuer issues for nothing before it is subscribed, and the answer says what is missing', async () => {
      expect(await issueAs(issuer.call, ['openai:gpt-5:chat'])).toMatchObject({
        status: 403,
        body: { code: 'openclaw.caller.not-subscribed', errors: [{ field: 'scopes' }] },
      });
    });

    it('an account is subscribed to what the catalogue offers, and only to that', async () => {
      const path = `/v1/subscriptions/${issuer.id}`;
      const faulty = { scopes: ['openai:gpt-5:chat', 'openai:gpt-4:chat', 'mistral:*:*', 'nonsense'] };
      const refused = await admin('POST', `${path}/subscribe`, faulty);
      expect(refused).toMatchObject({
        status: 400,
        body: { errors: [{ field: 'scopes.1' }, { field: 'scopes.2' }, { field: 'scopes.3' }] },
      });
      expect((await admin('POST', '/v1/subscriptions/nobody/subscribe', { scopes: ['*:*:*'] })).status).toBe(404);
      expect((await issuer.call('POST', `${path}/subscribe`, { scopes: ['openai:*:*'] })).status).toBe(403);
      expect(
        await admin('POST', `${path}/subscribe`, { scopes: ['openai:gpt-5:*'], reason: 'team plan' }),
      ).toMatchObject({
        status: 200,
        body: { account: issuer.id, scopes: ['openai:gpt-5:*'], revision: 1 },
      });
    });

    it('issues within its subscription, wildcards included, and not a step outside', async () => {
      expect((await issueAs(issuer.call, ['openai:gpt-5:chat'])).status).toBe(201);
      expect((await issueAs(issuer.call, ['openai:gpt-5:*'])).status).toBe(201);
      for (const outside of ['openai:gpt-6:chat', 'openai:*:chat', '*:*:*', 'other:gpt-5:chat']) {
        expect(await issueAs(issuer.call, ['openai:gpt-5:chat', outside])).toMatchObject({
          status: 403,
          body: { errors: [{ problem: expect.stringContaining(outside) as string }] },
        });
      }
    });

    it('makes no new secret for a code of somebody else that lies outside', async () => {
      const { body } = await issueAs(admin, ['openai:gpt-6:chat']);
      const path = `/v1/codes/${String(body['codeId'])}`;
      expect((await issuer.call('POST', `${path}/rotate`, {})).status).toBe(403);
      expect((await issuer.call('POST', `${path}/reissue`, {})).status).toBe(403);
      expect((await issuer.call('POST', `${path}/revoke`, { reason: 'anybody may stop it' })).status).toBe(200);
    });

    it('issues no more once it is unsubscribed, and nobody does for a service that is retired', async () => {
      const path = `/v1/subscriptions/${issuer.id}`;
      expect(await admin('POST', `${path}/unsubscribe`, { scopes: ['openai:gpt-5:*'] })).toMatchObject({
        body: { scopes: [] },
      });
      expect((await issueAs(issuer.call, ['openai:gpt-5:chat'])).status).toBe(403);
      expect((await admin('POST', '/v1/services/openai/retire', { reason: 'moved' })).status).toBe(200);
      expect(await issueAs(admin, ['openai:gpt-5:chat'])).toMatchObject({
        status: 400,
        body: { errors: [{ field: 'scopes' }] },
      });
      await until(async () => {
        const { body } = await admin('GET', '/v1/subscriptions');
        return JSON.stringify(body).includes(`"account":"${issuer.id}","scopes":[]`);
      });
    });
  });

  describe('where a caller is', () => {
    const sourceOf = async (changes: Record<string, string>, headers: Record<string, string>): Promise<unknown> => {
      const there = rest((await startAnother(changes)).listens['http'] ?? '', '');
      const call: Caller = (method, path, body) => there(method, path, body, { ...headers });
      const { body } = await call('POST', '/v1/operators', { name: 'somebody', roles: ['auditor'] });
      return (await eventsOf(`operator/${String(body['operatorId'])}`))[0]?.metadata['sourceip'];
    };
    const told = (forwarded: string) => ({ 'x-forwarded-for': forwarded, authorization: `Bearer ${current()}` });
    let token = '';
    const current = (): string => token;

    beforeAll(async () => {
      token = (await add('Ivy', 'admin')).token;
    });

    it('is not what a stranger writes into a header', async () => {
      expect(await sourceOf({}, told('203.0.113.9'))).toBe('127.0.0.1');
      expect(await sourceOf({ OPENCLAW_TRUSTED_PROXIES: '10.0.0.0/8' }, told('203.0.113.9'))).toBe('127.0.0.1');
    });

    it('is what a trusted proxy says, and nothing that was written before it', async () => {
      const trusted = { OPENCLAW_TRUSTED_PROXIES: '127.0.0.0/8,10.0.0.0/8' };
      expect(await sourceOf(trusted, told('203.0.113.9'))).toBe('203.0.113.9');
      expect(await sourceOf(trusted, told('198.51.100.1, 203.0.113.9, 10.1.1.1'))).toBe('203.0.113.9');
      expect(await sourceOf(trusted, told('198.51.100.1, 2001:db8::7'))).toBe('2001:db8::7');
      expect(await sourceOf(trusted, told('<script>'))).toBe('127.0.0.1');
    });
  });

  it('nobody tries many tokens: after a few wrong ones the right one is refused, too, and only for that source', async () => {
    const there = await startAnother({ OPENCLAW_TRUSTED_PROXIES: '127.0.0.1' });
    const person = await add('Jan', 'auditor');
    const from = (source: string, token: string) =>
      at(there, token)('GET', '/v1/operators', undefined, { 'x-forwarded-for': source });
    await until(async () => (await from('203.0.113.1', person.token)).status === 200);
    const tried = [];
    for (let i = 0; i < 30; i += 1) tried.push((await from('203.0.113.1', `ocop_${i}`)).status);
    expect(tried.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 401));
    expect(tried.slice(12)).toEqual(Array.from({ length: 18 }, () => 429));
    expect((await from('203.0.113.1', person.token)).status).toBe(429);
    expect((await from('203.0.113.2', person.token)).status).toBe(200);
  });
});

/** Waits for a condition with a deadline; between two looks it gives way. */
const until = async (holds: () => Promise<boolean>): Promise<void> => {
  const deadline = Date.now() + WAIT_MS;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error('it did not come to hold in time');
  }
};
