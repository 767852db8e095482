import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import type { Journal, JournalRecord } from '@openclaw/event-log';
import { PostgresServer, PostgresStores, eventually } from '@openclaw/event-log-postgres/testing';
import { BENCH_START_TIMEOUT_MS } from '@openclaw/test/testbench';
import { HistoryReplaced, RequestTimedOut, migratePostgresJournalStore } from './index';

const REQUEST_TIMEOUT_MS = 700;
const never = (): AbortSignal => new AbortController().signal;
const put = (journal: Journal, value: string): Promise<void> => journal.append({ key: 'k', value: Buffer.from(value) });

/** Reads in the background; `ended` settles with the read. */
const reading = (journal: Journal, signal: AbortSignal = never()) => {
  const values: string[] = [];
  const offsets: number[] = [];
  const take = (record: JournalRecord): void => {
    values.push(record.value.toString());
    offsets.push(record.offset);
  };
  const ended = (async () => {
    for await (const records of journal.read(0, signal)) records.forEach(take);
  })();
  ended.catch(() => undefined);
  return { values, offsets, ended };
};

/** As the event log does: the same value again until the store acknowledges it. */
const putUntilAcknowledged = async (journal: Journal, value: string): Promise<number> => {
  for (let rejections = 0; ; rejections += 1) {
    const acknowledged = await put(journal, value).then(
      () => true,
      () => false,
    );
    if (acknowledged) return rejections;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

describe('a journal on a PostgreSQL that fails', () => {
  let server: PostgresServer;
  let stores: PostgresStores;

  beforeAll(async () => {
    server = await PostgresServer.start();
    stores = await PostgresStores.on(server.url, { requestTimeoutMs: REQUEST_TIMEOUT_MS });
  }, BENCH_START_TIMEOUT_MS);
  afterEach(() => stores.dispose());
  afterAll(() => server.stop());
  const journal = (): Promise<Journal> => stores.journal(`test.${randomUUID()}`);

  it.each([
    ['crash (kill -9 of every process)', () => server.crash()],
    ['restart', () => server.restart()],
    ['loss of every connection', () => terminateAll()],
  ])(
    'after a %s the reader goes on, and appends work again without losing or reordering an acknowledged record',
    async (_, harm) => {
      const log = await journal();
      const reader = reading(log);
      const acknowledged: string[] = [];
      const stop = new AbortController();
      const writer = (async () => {
        for (let i = 0; !stop.signal.aborted; i += 1) {
          await putUntilAcknowledged(log, `${i}`);
          acknowledged.push(`${i}`);
        }
      })();
      await eventually(() => reader.values.length > 20);
      await harm();
      const before = reader.values.length;
      await eventually(() => reader.values.length > before + 20);
      stop.abort();
      await writer;
      await eventually(() => reader.values.at(-1) === acknowledged.at(-1));
      expect([...new Set(reader.values)]).toEqual(acknowledged); // a resend may double, nothing may be lost or swapped
      expect(reader.offsets).toEqual(reader.offsets.map((_, i) => i));
    },
    30_000,
  );

  it('an outage is told once, and its end once', async () => {
    const told: string[] = [];
    const log = (level: string, message: string): void => void told.push(`${level} ${message.replace(/^.*: /, '')}`);
    const reader = reading(await stores.journal(`test.${randomUUID()}`, { log }));
    const thaw = await server.freeze();
    await eventually(() => told.length === 1);
    thaw();
    await eventually(() => told.length === 2);
    expect(told).toEqual(['warn reading interrupted', 'info reading again from 0']);
    expect(reader.values).toEqual([]);
  });

  it('a frozen server: append, bounds and open reject within their bound; afterwards all goes on', async () => {
    const log = await journal();
    const reader = reading(log);
    await put(log, 'before');
    const thaw = await server.freeze();
    try {
      for (const attempt of [
        () => put(log, 'during'),
        () => Promise.all([put(log, 'a'), put(log, 'b')]),
        () => log.bounds(never()),
        () => stores.store().open('any'),
      ]) {
        const startedAt = performance.now();
        await expect(attempt()).rejects.toThrow(RequestTimedOut);
        expect(performance.now() - startedAt).toBeLessThan(REQUEST_TIMEOUT_MS + 300);
      }
      const impatient = AbortSignal.timeout(100);
      await expect(log.bounds(impatient)).rejects.toMatchObject({ name: 'TimeoutError' });
    } finally {
      thaw();
    }
    await putUntilAcknowledged(log, 'after');
    await eventually(() => reader.values.includes('after'));
    expect(reader.values[0]).toBe('before');
    expect(reader.offsets).toEqual(reader.offsets.map((_, i) => i));
  });

  it('close does not wait for a frozen server, and ends reads and appends', async () => {
    const log = await journal();
    const store = stores.store();
    const other = await store.open(log.name.split('/')[0] ?? '');
    const reader = reading(other);
    await put(other, 'x');
    await eventually(() => reader.values.length === 1);
    const thaw = await server.freeze();
    try {
      const pending = put(other, 'y');
      const startedAt = performance.now();
      const closed = store.close();
      await expect(pending).rejects.toThrow('closed');
      await closed;
      await reader.ended;
      expect(performance.now() - startedAt).toBeLessThan(300);
    } finally {
      thaw();
    }
  });

  it('a backend that dies under an append: it rejects as unknown, and the counter is free at once', async () => {
    const log = await journal();
    await put(log, 'first');
    const rival = await stores.client('service');
    await rival.query('BEGIN');
    await rival.query(
      `SELECT openclaw_log.append(journal_id, ARRAY['k'], ARRAY[1], 'x') FROM openclaw_log.journals WHERE topic = $1`,
      [log.name.split('/')[0]],
    );
    const blocked = put(log, 'blocked');
    await expect(blocked).rejects.toThrow();
    await rival.query('ROLLBACK');
    await putUntilAcknowledged(log, 'second');
    const reader = reading(log);
    await eventually(() => reader.values.includes('second'));
  });

  it('a standby is waited out, and after its promotion (a new timeline) the reader stops with HistoryReplaced', async () => {
    const log = await journal();
    const reader = reading(log);
    await put(log, 'before');
    await eventually(() => reader.values.length === 1);
    await server.failOver(
      () => eventually(async () => (await put(log, 'to a standby').catch(String))?.includes('standby') ?? false),
      async () => {
        const admin = new Client({ connectionString: server.url });
        await admin.connect();
        await admin.query('SELECT pg_promote()');
        await admin.end();
      },
    );
    await expect(reader.ended).rejects.toThrow(HistoryReplaced);
    await expect(put(log, 'to another timeline')).rejects.toThrow(HistoryReplaced);
    await put(await journal(), 'a store opened afterwards works');
  }, 30_000);

  it('a schema that was dropped and made anew is another history', async () => {
    const log = await journal();
    const reader = reading(log);
    await put(log, 'x');
    const admin = await stores.client('admin');
    await admin.query('DROP SCHEMA openclaw_log CASCADE');
    await migratePostgresJournalStore(server.url);
    await terminateAll();
    await expect(reader.ended).rejects.toThrow();
    await expect(put(log, 'y')).rejects.toThrow();
  });

  const terminateAll = async (): Promise<void> => {
    const admin = await stores.client('admin');
    await admin.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'openclaw-log%'`,
    );
  };
});
