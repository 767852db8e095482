import { TOPIC } from '@openclaw/contracts';
import type { JournalStore } from '@openclaw/event-log';
import { grantPostgresJournalLogin } from '@openclaw/event-log-postgres';
import { PostgresStores } from '@openclaw/event-log-postgres/testing';
import { type RunningApp, hashToken, newToken, openStore } from '@openclaw/platform';
import { type Kafka, type Postgres, sharedKafka, sharedPostgres } from '@openclaw/test/testbench';
import { EvidenceWriter } from '../testing/evidence-writer';
import { writeMixedHistory } from '../testing/mixed-history';
import { auditConfig, startAudit } from '.';

/** The bar is 100000 (`npm run proof:rebuild`); fewer show the same. */
const EVENTS = Number(process.env['OPENCLAW_PROOF_EVENTS'] ?? 4_000);
const TEST_MS = 900_000;
const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };

interface Partition {
  readonly lagRecords: number | null;
  readonly position: number | null;
  readonly quarantined: number;
}
interface Rebuilt {
  readonly before: { readonly rows: number; readonly sha256: string };
  readonly rebuilt: { readonly rows: number; readonly sha256: string };
  readonly identical: boolean;
}

describe.each(['PostgreSQL', 'Kafka'])('views of a mixed history, on a real %s log', (log) => {
  let postgres: Postgres;
  let kafka: Kafka | undefined;
  let stores: PostgresStores | undefined;
  let where: Readonly<Record<string, string>>;
  let store: JournalStore;
  let writer: EvidenceWriter;
  const token = newToken('operator');
  const running: RunningApp[] = [];

  beforeAll(async () => {
    postgres = await sharedPostgres();
    if (log === 'Kafka') {
      kafka = await sharedKafka(1);
      where = {
        OPENCLAW_LOG: 'kafka',
        OPENCLAW_KAFKA_BROKERS: kafka.brokers.join(','),
        OPENCLAW_KAFKA_SINGLE_BROKER: 'true',
        OPENCLAW_KAFKA_TOPIC_PREFIX: `rebuild-${process.pid}-${Date.now()}.`,
      };
      store = openStore(auditConfig({ ...where, OPENCLAW_VIEWS_URL: 'postgresql://nobody' }).log, 'writer', SILENT);
    } else {
      const url = await postgres.freshDatabase('mixed');
      stores = await PostgresStores.on(url);
      const appendTo = [TOPIC.deadLetter, TOPIC.checkpoints, TOPIC.coordination];
      const login = { login: `rebuild_${process.pid}`, password: 'only-for-this-spec', appendTo };
      where = { OPENCLAW_LOG_URL: await grantPostgresJournalLogin(url, login) };
      store = stores.store();
    }
    writer = await EvidenceWriter.open(store);
    const meta = { at: Date.now(), command: { id: 'first', bodyHash: 'x' } };
    const admin = { operatorId: 'admin', name: 'admin', roles: ['admin' as const], tokenHash: hashToken(token) };
    await writer.happens('operator/admin', 1, { type: 'OperatorAdded', data: { ...meta, ...admin } } as never, 'first');
  });
  afterAll(async () => {
    await Promise.all(running.map((app) => app.close()));
    await writer.close();
    if (stores === undefined) await store.close();
    await stores?.dispose();
    await kafka?.stop();
    await postgres.stop();
  });

  /** An audit service with views of its own, in an empty database. */
  const audit = async (name: string): Promise<RunningApp> => {
    const env = { ...where, OPENCLAW_VIEWS_URL: await postgres.freshDatabase(name), OPENCLAW_AUDIT_NAME: name };
    const app = await startAudit(auditConfig({ ...env, OPENCLAW_AUDIT_HTTP_LISTEN: '127.0.0.1:0' }), SILENT);
    running.push(app);
    return app;
  };
  const ask = async (app: RunningApp, path: string, body?: object): Promise<unknown> => {
    const response = await fetch(`${app.listens['http']}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return response.json();
  };
  const caughtUp = async (app: RunningApp): Promise<void> => {
    for (;;) {
      const { projections } = (await ask(app, '/v1/status')) as { projections?: { partitions: Partition[] }[] };
      const partitions = projections?.flatMap((one) => one.partitions) ?? [];
      if (partitions.length > 1 && partitions.every(({ lagRecords }) => lagRecords === 0)) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };

  it(
    `are the same, to the byte of their digests, when they followed ${EVENTS} events, are rebuilt, and begin from nothing`,
    async () => {
      const live = await audit('live');
      await writeMixedHistory(writer, EVENTS);
      await caughtUp(live);
      const fresh = await audit('fresh');
      await caughtUp(fresh);
      for (const projection of ['trail', 'usage']) {
        const [one, two] = (await Promise.all([live, fresh].map((app) => ask(app, '/v1/rebuild', { projection })))) as [
          Rebuilt,
          Rebuilt,
        ];
        expect([one.identical, two.identical]).toEqual([true, true]);
        expect(two.rebuilt).toEqual(one.rebuilt);
        expect(one.rebuilt.rows).toBeGreaterThanOrEqual(Math.floor(EVENTS / 2));
      }
    },
    TEST_MS,
  );
});
