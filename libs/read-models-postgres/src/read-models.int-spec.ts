import { ProjectionRunner, StoreUnavailable } from '@openclaw/consumers';
import { domainCodec, usageCodec } from '@openclaw/contracts';
import { USAGE_EXAMPLES } from '@openclaw/contracts/testing';
import { type FollowBatch, encodeOuterForm, positionAt, streamName } from '@openclaw/event-log';
import { PostgresServer } from '@openclaw/event-log-postgres/testing';
import { BENCH_START_TIMEOUT_MS, type Postgres, sharedPostgres } from '@openclaw/test/testbench';
import { Client } from 'pg';
import { LifecycleLog, newEvent } from '../testing';
import { ProjectionTable } from './projection-table';
import { ReadModels } from './read-models';
import { trailProjection } from './projections/trail.projection';
import { usageProjection } from './projections/usage.projection';
import { openViews } from './reads/open-views';

const trail = trailProjection((event) => {
  const decoded = domainCodec.decode(event.type, event.data);
  return decoded.understood ? undefined : decoded.reason;
});
const WAIT_MS = 20_000;
const within = (): AbortSignal => AbortSignal.timeout(WAIT_MS);

let postgres: Postgres;
let url: string;
let admin: Client;
let models: ReadModels;
let lifecycle: LifecycleLog;
const running: ProjectionRunner[] = [];

beforeAll(async () => {
  postgres = await sharedPostgres();
}, BENCH_START_TIMEOUT_MS);
afterAll(() => postgres.stop(), BENCH_START_TIMEOUT_MS);

beforeEach(async () => {
  url = await postgres.freshDatabase('views');
  admin = new Client({ connectionString: url });
  await admin.connect();
  models = new ReadModels([trail, usageProjection], { url });
  await models.migrate();
  lifecycle = await LifecycleLog.open();
});

afterEach(async () => {
  for (const runner of running.splice(0)) await runner.stop();
  await lifecycle.close();
  await models.close();
  await admin.end();
});

const run = async (generation = 1, on = models): Promise<ProjectionRunner> => {
  const store = new ProjectionTable(on, trail).store(generation, 0);
  const runner = await ProjectionRunner.start({ log: lifecycle.log, store, retryMs: 20 });
  running.push(runner);
  return runner;
};
const projected = async (runner: ProjectionRunner): Promise<void> =>
  runner.subscription.reached(lifecycle.log.head().position, within());
const count = async (table: string): Promise<number> => {
  const { rows } = await admin.query<{ count: string }>(`SELECT count(*) FROM openclaw_views.${table}`);
  return Number(rows[0]?.count);
};
const firstBatch = async (): Promise<FollowBatch> => {
  for await (const batch of lifecycle.log.follow('beginning', within())) {
    if (batch.entries.length > 0) return batch;
  }
  throw new Error('nothing on the log');
};

describe('a projection on PostgreSQL', () => {
  it('shows who did what, when, from where and why', async () => {
    await lifecycle.happens('code-1', 1, { reason: 'leaked in a\tticket \\ really\n' });
    await projected(await run());
    const views = await openViews({ url });
    const [entry] = await views.trail.list({ kind: 'pairing-code', entityId: 'code-1' }, -1, 10);
    await views.close();
    expect(entry).toMatchObject({
      kind: 'pairing-code',
      entityId: 'code-1',
      revision: 1,
      accepted: true,
      actor: 'operator-1',
      sourceIp: '192.0.2.1',
      reason: 'leaked in a\tticket \\ really\n',
    });
    expect(entry?.position).toBe(1);
    expect(entry?.occurredAt).toBeInstanceOf(Date);
  });

  it('writes rows and checkpoint together: a failure between the two leaves neither', async () => {
    await lifecycle.happens('code-1', 1);
    await admin.query(`CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'planted' USING ERRCODE = '53100'; END $$`);
    await admin.query(`CREATE TRIGGER planted BEFORE UPDATE ON openclaw_views.checkpoints
      FOR EACH ROW EXECUTE FUNCTION full_disk()`);
    const batch = await firstBatch();
    const store = new ProjectionTable(models, trail).store(1, 0);
    const commit = () =>
      store.commit({
        apply: batch.entries.flatMap((entry) => (entry.kind === 'unparsable' ? [] : [entry])),
        quarantine: [],
        checkpoint: { ...batch.head, foldVersion: 1 },
      });
    await expect(commit()).rejects.toBeInstanceOf(StoreUnavailable);
    expect([await count('trail_g1'), await count('checkpoints')]).toEqual([0, 0]);
    await admin.query('DROP TRIGGER planted ON openclaw_views.checkpoints');
    await commit();
    expect([await count('trail_g1'), await count('checkpoints')]).toEqual([batch.entries.length, 1]);
    await commit(); // its answer was lost, so the runner repeats it
    expect(await count('trail_g1')).toBe(batch.entries.length);
  });

  it('rebuilds into the next generation while the old one serves, to the same digest', async () => {
    for (let i = 1; i <= 50; i += 1) await lifecycle.happens('code-1', i);
    const table = new ProjectionTable(models, trail);
    const old = await run();
    await projected(old);
    const next = await table.next();
    expect([next, await table.serving(), await count('trail')]).toEqual([2, 1, 51]);
    const fresh = await run(next);
    await projected(fresh);
    await lifecycle.happens('code-1', 51);
    await projected(fresh);
    await old.stop();
    const ends = await table.ends(1);
    const digests = await Promise.all([table.digest(1, ends), table.digest(next, ends)]);
    expect(digests[0]).toEqual(digests[1]);
    expect(digests[0]?.rows).toBeGreaterThanOrEqual(51);
    await table.serve(next);
    expect([await table.serving(), await count('trail')]).toEqual([2, 52]);
    await expect(count('trail_g1')).rejects.toThrow('does not exist');
    await admin.query(`UPDATE openclaw_views.trail_g2 SET reason = 'forged' WHERE position = 3`);
    expect(await table.digest(next, ends)).not.toEqual(digests[0]);
  });

  it('keeps what it cannot store in quarantine with its reason, holds that stream, and goes on with the others', async () => {
    await lifecycle.happens('poisoned', 1, { reason: 'a NUL \u0000 in it' });
    await lifecycle.happens('poisoned', 2);
    await lifecycle.happens('fine', 1);
    const nul = streamName('pairing-code/nul\u0000\ud800');
    await lifecycle.raw(encodeOuterForm(nul, 1, newEvent({ reason: 'ok' })));
    await lifecycle.raw(encodeOuterForm(nul, 2, newEvent()));
    await lifecycle.raw(Buffer.from('not JSON'));
    await lifecycle.raw(
      encodeOuterForm(streamName('pairing-code/newer'), 1, { ...newEvent(), type: 'openclaw.pairing-code.issued.v9' }),
    );
    await lifecycle.happens('fine', 2);
    await projected(await run());
    const kept = await admin.query(
      'SELECT position::int, stream, kind FROM openclaw_views.quarantine ORDER BY position',
    );
    expect(kept.rows).toEqual([
      { position: 1, stream: 'pairing-code/poisoned', kind: 'failed' },
      { position: 2, stream: 'pairing-code/poisoned', kind: 'held' },
      { position: 4, stream: 'pairing-code/nul\\u0000\\ud800', kind: 'failed' },
      { position: 5, stream: 'pairing-code/nul\\u0000\\ud800', kind: 'held' },
      { position: 6, stream: null, kind: 'unparsable' },
      { position: 7, stream: 'pairing-code/newer', kind: 'not-understood' },
    ]);
    const shown = await admin.query(
      `SELECT position::int FROM openclaw_views.trail WHERE entity_id = 'fine' ORDER BY 1`,
    );
    expect(shown.rows).toEqual([{ position: 3 }, { position: 8 }]);
    const saved = await new ProjectionTable(models, trail).store(1, 0).load();
    expect(saved?.quarantined).toContain(nul);
    expect(await new ProjectionTable(models, trail).quarantined(1)).toEqual(new Map([[0, 6]]));
  });

  it('is set up by two processes at once, and filled by two at once, without a double row', async () => {
    await admin.query('DROP SCHEMA openclaw_views CASCADE');
    const others = [new ReadModels([trail, usageProjection], { url }), new ReadModels([trail], { url })];
    await Promise.all(others.map((other) => other.migrate()));
    const runners = await Promise.all(others.map((other) => run(1, other)));
    for (let i = 1; i <= 30; i += 1) await lifecycle.happens('code-1', i);
    await Promise.all(runners.map(projected));
    for (const runner of runners) await runner.stop();
    expect([await count('trail'), await count('quarantine')]).toEqual([31, 0]);
    await Promise.all(others.map((other) => other.close()));
  });

  it('fills a table again from zero when its fold has changed', async () => {
    await lifecycle.happens('code-1', 1);
    const runner = await run();
    await projected(runner);
    await runner.stop();
    const newer = new ReadModels([{ ...trail, foldVersion: 2 }], { url });
    await newer.migrate();
    expect([await count('trail'), await new ProjectionTable(newer, trail).serving()]).toEqual([0, 2]);
    await newer.close();
  });

  it('refuses a checkpoint of another log', async () => {
    await lifecycle.happens('code-1', 1);
    const runner = await run();
    await projected(runner);
    await runner.stop();
    const other = await LifecycleLog.open();
    const store = new ProjectionTable(models, trail).store(1, 0);
    await expect(ProjectionRunner.start({ log: other.log, store })).rejects.toThrow('was built from log');
    await other.close();
  });
});

describe('usage', () => {
  it('has a row for each decision with all its facts, none for a repeat, and a count for aggregated refusals', async () => {
    const stream = streamName('usage/producer-1/0');
    for (const [index, example] of USAGE_EXAMPLES.filter(({ type }) => type !== 'ProducerLost').entries()) {
      const { type, data, terminal } = usageCodec.encode(example);
      const value = encodeOuterForm(stream, terminal ? 'terminal' : index + 1, { ...newEvent(), type, data });
      await lifecycle.raw(value);
      await lifecycle.raw(value);
    }
    const runner = await ProjectionRunner.start({
      log: lifecycle.log,
      store: new ProjectionTable(models, usageProjection).store(1, 3),
    });
    running.push(runner);
    await runner.subscription.reached(positionAt(12), within());
    const views = await openViews({ url });
    const listed = await views.usage.list({}, undefined, 100);
    expect(listed.map(({ outcome, reason, count: times }) => [outcome, reason, times])).toEqual([
      ['allowed', null, 1],
      ['denied', 'ip_denied', 1],
      ['denied', 'unknown_code', 17],
      ['withheld', null, 1],
    ]);
    expect(listed[0]).toMatchObject({ partition: 3, codeId: 'code-1', sourceIp: '203.0.113.7', endpoint: 'POST /v1/chat/completions',
      latencyUs: 240, decidedAt: 'p1.1a.log-1', revision: 3, httpStatus: 200, validator: 'validator-0' }); // prettier-ignore
    const [first] = listed;
    if (first === undefined) throw new Error('no row');
    expect(await views.usage.list({}, first, 100)).toEqual(listed.slice(1));
    const counts = await views.usage.counts({});
    expect(counts.map(({ outcome, count: times }) => [outcome, times])).toContainEqual(['denied', 17]);
    await views.close();
  });
});

describe('when the database goes away', () => {
  it(
    'waits, says so, and goes on where it was: nothing lost, nothing twice',
    async () => {
      const server = await PostgresServer.start();
      const away = new ReadModels([trail], { url: server.url, statementTimeoutMs: 2000 });
      await away.migrate();
      const reports: string[] = [];
      const store = new ProjectionTable(away, trail).store(1, 0);
      const runner = await ProjectionRunner.start({
        log: lifecycle.log,
        store,
        retryMs: 20,
        report: ({ what }) => reports.push(what),
      });
      await lifecycle.happens('code-1', 1);
      await projected(runner);
      const goOn = await server.freeze();
      for (let i = 2; i <= 20; i += 1) await lifecycle.happens('code-1', i);
      await until(() => reports.includes('store-unavailable'));
      expect(runner.lag().records).toBeGreaterThan(0);
      goOn();
      await projected(runner);
      const crashing = server.crash();
      for (let i = 21; i <= 40; i += 1) await lifecycle.happens('code-1', i);
      await crashing;
      await projected(runner);
      const client = new Client({ connectionString: server.url });
      await client.connect();
      const { rows } = await client.query(`SELECT count(*)::int AS rows, max(position)::int AS last,
      (SELECT count(*)::int FROM openclaw_views.quarantine) AS quarantined FROM openclaw_views.trail`);
      expect(rows).toEqual([{ rows: 41, last: 40, quarantined: 0 }]);
      await client.end();
      await runner.stop();
      await away.close();
      await server.stop();
    },
    BENCH_START_TIMEOUT_MS,
  );
});

const until = async (condition: () => boolean): Promise<void> => {
  const end = performance.now() + WAIT_MS;
  while (!condition()) {
    if (performance.now() > end) throw new Error('it did not come true');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};
