import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { SeededRandom } from '../chaos/seeded-random';
import { type Answer, ValidatorClient, rest } from '../demo/clients';
import { type KafkaSystem, type ServiceName, startKafkaSystem } from '../demo/kafka-system';

const SEED = Number(process.env['OPENCLAW_TEST_SEED'] ?? 20261123);
const TEST_MS = 240_000;
const PATIENCE_MS = 60_000;
const USERS = 4;
const TRY_AGAIN_MS = 50;
/** More than enough for the detector's first rule. */
const MISUSES = 25;

/** One person at work: what was answered for sure. */
interface Told {
  readonly issued: Map<string, { readonly codeId: string; readonly revoked: boolean }>;
  readonly uses: Map<string, string[]>;
}

describe(`kill -9 of each service while it is used, on a real Kafka and PostgreSQL (seed ${SEED})`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'openclaw-kill-services-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const random = new SeededRandom(SEED);

  /** Repeats a call with its idempotency key until it is answered, as a client does whose server died. */
  const persist = async (system: KafkaSystem, path: string, body: object, key: string): Promise<Answer> => {
    for (;;) {
      const call = rest(system.issuer, system.operatorToken)('POST', path, body, { 'idempotency-key': key });
      const answer = await call.catch(() => undefined);
      if (answer !== undefined && answer.status < 500) return answer;
      await pause(TRY_AGAIN_MS);
    }
  };

  /** Issues, uses and revokes codes, one after the other, until nobody is at work any more. */
  const work = async (system: KafkaSystem, user: number, told: Told, isOn: () => boolean): Promise<void> => {
    const client = new ValidatorClient(system, system.auditorToken);
    const key = await persist(
      system,
      '/v1/master-keys',
      { label: 'p', provider: 'openai', secret: 'sk-kill-services' },
      `k${user}`,
    );
    for (let turn = 0; isOn(); turn += 1) {
      const name = `${user}-${turn}`;
      const body = { masterKeyId: key.body['masterKeyId'], label: name, scopes: ['openai:*:chat'] };
      const issued = await persist(system, '/v1/codes', body, name);
      const codeId = String(issued.body['codeId']);
      const code = issued.body['code'];
      // After a lost answer the code itself is gone: only its id is told again.
      if (typeof code === 'string')
        await use(client, { name, code, codeId, minPosition: String(issued.body['position']) }, told);
      const isLast = turn % 3 !== 0;
      if (isLast) {
        const revoked = await persist(system, `/v1/codes/${codeId}/revoke`, { reason: 'done' }, `${name}-end`);
        expect([name, revoked.status]).toEqual([name, 200]);
        if (typeof code === 'string') {
          const after = await client.validate({ code, minPosition: String(revoked.body['position']) });
          expect([name, after.verdict]).not.toEqual([name, 'allow']);
        }
      }
      told.issued.set(name, { codeId, revoked: isLast });
    }
    client.close();
  };

  const use = async (
    client: ValidatorClient,
    { name, code, codeId, minPosition }: { name: string; code: string; codeId: string; minPosition: string },
    told: Told,
  ): Promise<void> => {
    for (let i = 0; i < 3; i += 1) {
      const requestId = `${name}/${i}`;
      const { verdict } = await client.validate({ code, requestId, minPosition });
      if (verdict === 'allow') told.uses.set(codeId, [...(told.uses.get(codeId) ?? []), requestId]);
    }
  };

  const pages = async (
    system: KafkaSystem,
    path: string,
    list: string,
  ): Promise<readonly Record<string, unknown>[]> => {
    const all: Record<string, unknown>[] = [];
    for (let after = ''; ;) {
      const { body } = await rest(system.audit, system.operatorToken)('GET', path + after);
      all.push(...((body[list] ?? []) as Record<string, unknown>[]));
      if (typeof body['next_page_token'] !== 'string') return all;
      after = `&after=${body['next_page_token']}`;
    }
  };

  /** Looks again and again until `seen` is as `expected`; what it is in the end, for the assertion. */
  const settled = async <T>(seen: () => Promise<T>, isEnough: (seen: T) => boolean): Promise<T> => {
    const giveUpMs = performance.now() + PATIENCE_MS;
    let last = await seen();
    while (!isEnough(last) && performance.now() < giveUpMs) last = await seen();
    return last;
  };

  const misuse = async (system: KafkaSystem): Promise<string> => {
    const key = await persist(
      system,
      '/v1/master-keys',
      { label: 'm', provider: 'openai', secret: 'sk-kill-services' },
      'mk',
    );
    const body = { masterKeyId: key.body['masterKeyId'], label: 'misused', scopes: ['openai:*:chat'] };
    const issued = await persist(system, '/v1/codes', body, 'misused');
    const client = new ValidatorClient(system, system.auditorToken);
    for (let i = 0; i < MISUSES; i += 1) {
      await client.validate({ code: String(issued.body['code']), scope: 'openai:gpt-4o:train' });
    }
    client.close();
    return String(issued.body['codeId']);
  };

  it(
    'nothing that was answered is missing afterwards, and nothing is there twice',
    async () => {
      const system = await startKafkaSystem(folder);
      try {
        const told: Told = { issued: new Map(), uses: new Map() };
        const misused = await misuse(system);
        let isOn = true;
        const users = Array.from({ length: USERS }, (_, user) => work(system, user, told, () => isOn));
        const order: ServiceName[] = ['issuer', 'validator', 'audit', 'anomaly'];
        for (const service of [...order, ...order].toSorted(() => random.next() - 0.5)) {
          const enough = told.issued.size + random.between(3, 25);
          while (told.issued.size < enough && service !== 'issuer') await pause(5);
          await pause(random.between(0, 400));
          await system.kill(service);
          await system.restart(service);
        }
        isOn = false;
        await Promise.all(users);
        await expectTrail(system, told);
        await expectUsage(system, told);
        await expectAlerts(system, misused);
      } finally {
        await system.stop();
      }
    },
    TEST_MS,
  );

  const expectTrail = async (system: KafkaSystem, { issued }: Told): Promise<void> => {
    expect(issued.size).toBeGreaterThan(20);
    for (const [name, { codeId, revoked }] of issued) {
      const expected = ['openclaw.pairing-code.issued.v1', ...(revoked ? ['openclaw.pairing-code.revoked.v1'] : [])];
      const types = await settled(
        async () => {
          const entries = await pages(system, `/v1/trail?entity=${codeId}&page_size=100`, 'entries');
          return entries.filter(({ accepted }) => accepted === true).map(({ type }) => String(type));
        },
        (seen) => seen.length >= expected.length,
      );
      expect([name, types.toSorted()]).toEqual([name, expected]);
    }
  };

  const expectUsage = async (system: KafkaSystem, { uses }: Told): Promise<void> => {
    for (const [codeId, requestIds] of uses) {
      const seen = await settled(
        async () =>
          (await pages(system, `/v1/usage?code=${codeId}&page_size=500`, 'usage')).filter(
            ({ outcome }) => outcome === 'allowed',
          ),
        (rows) => rows.length >= requestIds.length,
      );
      const ids = seen.map(({ requestId }) => requestId);
      expect(ids).toEqual(expect.arrayContaining(requestIds));
      expect(
        new Set(seen.map(({ producer, sequence, place }) => JSON.stringify([producer, sequence, place]))).size,
      ).toBe(ids.length);
    }
  };

  const expectAlerts = async (system: KafkaSystem, codeId: string): Promise<void> => {
    const alertsOf = async (): Promise<readonly unknown[]> => {
      const { body } = await rest(system.anomaly, system.operatorToken)('GET', '/v1/alerts');
      return (
        body['alerts'] as { metadata: { correlation_uid: string }; finding_info: { analytic: { name: string } } }[]
      ).filter(
        ({ metadata, finding_info }) =>
          metadata.correlation_uid === `code/${codeId}` && finding_info.analytic.name === 'repeated-refusals',
      );
    };
    expect(await settled(alertsOf, (alerts) => alerts.length > 0)).toHaveLength(1);
  };
});
