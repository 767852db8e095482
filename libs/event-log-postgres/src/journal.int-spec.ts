import { randomBytes, randomUUID } from 'node:crypto';
import { type Journal, JournalClosed, type JournalRecord, MAX_RECORD_BYTES } from '@openclaw/event-log';
import { PostgresStores, collect, eventually } from '@openclaw/event-log-postgres/testing';
import { BENCH_START_TIMEOUT_MS, type Postgres, sharedPostgres } from '@openclaw/test/testbench';

const never = (): AbortSignal => new AbortController().signal;
const text = (records: readonly JournalRecord[]): string[] => records.map((record) => record.value.toString());
const topic = (): string => `test.${randomUUID()}`;
const put = (journal: Journal, value: string): Promise<void> => journal.append({ key: 'k', value: Buffer.from(value) });

describe('a journal on PostgreSQL', () => {
  let postgres: Postgres;
  let stores: PostgresStores;

  beforeAll(async () => {
    postgres = await sharedPostgres();
    stores = await PostgresStores.on(await postgres.freshDatabase('journal'));
  }, BENCH_START_TIMEOUT_MS);
  afterEach(() => stores.dispose());
  afterAll(() => postgres.stop());

  it('gives back every byte: empty, all 256 values, NUL at both ends, the largest size', async () => {
    const journal = await stores.journal(topic());
    const all = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
    const values = [
      Buffer.alloc(0),
      all,
      Buffer.from([0, 1, 0]),
      randomBytes(MAX_RECORD_BYTES),
      Buffer.from('Grüße 🦀'),
    ];
    for (const value of values) await journal.append({ key: 'weird \0 \ud800 \'"\\ {},', value });
    const records = await collect(journal, values.length);
    expect(records.map((record) => record.value)).toEqual(values);
    await expect(journal.append({ key: 'k', value: Buffer.alloc(MAX_RECORD_BYTES + 1) })).rejects.toThrow(RangeError);
  });

  it('keeps the order of the calls and gives offsets 0, 1, 2..., also for thousands of concurrent calls of all sizes', async () => {
    const journal = await stores.journal(topic());
    const values = Array.from({ length: 5000 }, (_, i) => `${i} ${'x'.repeat(i % 97 === 0 ? 60_000 : i % 300)}`);
    await Promise.all(values.map((value) => put(journal, value)));
    const records = await collect(journal, values.length);
    expect(text(records)).toEqual(values);
    expect(records.map((record) => record.offset)).toEqual(values.map((_, i) => i));
  });

  it('has no gap and no lost or doubled record under 50 writers on 4 stores with rolled-back rivals', async () => {
    const name = topic();
    const journals = await Promise.all([1, 2, 3, 4].map(() => stores.journal(name)));
    const done = new AbortController();
    const rolledBack = rollBackUntil(done.signal, name);
    const writers = Array.from({ length: 50 }, async (_, writer) => {
      for (let i = 0; i < 20; i += 1) await put(journals[writer % 4] as Journal, `${writer}:${i}`);
    });
    await Promise.all(writers);
    done.abort();
    expect(await rolledBack).toBeGreaterThan(0);
    const records = await collect(await stores.journal(name), 1000);
    expect(records.map((record) => record.offset)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
    expect(new Set(text(records)).size).toBe(1000);
    for (let writer = 0; writer < 50; writer += 1) {
      const own = text(records).filter((value) => value.startsWith(`${writer}:`));
      expect(own).toEqual(Array.from({ length: 20 }, (_, i) => `${writer}:${i}`));
    }
    const times = records.map((record) => record.appendedAtMs);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  it('a reader never passes an offset that an overlapping writer fills later', async () => {
    const name = topic();
    const [journal, reader] = [await stores.journal(name), await stores.journal(name)];
    const live = collect(reader, 3);
    await put(journal, 'zero');
    const rival = await stores.client('service');
    await rival.query('BEGIN');
    await rival.query(RAW_APPEND, [name, 'first']);
    let acknowledged = false;
    const second = put(journal, 'second').then(() => (acknowledged = true));
    await eventually(async () => (await waitingForLocks()) > 0);
    expect(acknowledged).toBe(false);
    expect((await journal.bounds(never())).next).toBe(1);
    await rival.query('COMMIT');
    await second;
    expect(text(await live)).toEqual(['zero', 'first', 'second']);
  });

  it('a reader in another store hears of an append long before its poll', async () => {
    const name = topic();
    const [journal, reader] = [await stores.journal(name), await stores.journal(name, { pollIntervalMs: 3_600_000 })];
    const live = collect(reader, 20);
    await eventually(async () => (await listeners()) >= 1);
    for (let i = 0; i < 20; i += 1) await put(journal, `${i}`);
    expect(await live).toHaveLength(20);
  });

  it('what is appended while the reader is busy with a batch is not slept through', async () => {
    const journal = await stores.journal(topic(), { pollIntervalMs: 3_600_000 });
    await put(journal, '0');
    const end = new AbortController();
    let seen = 0;
    for await (const records of journal.read(0, end.signal)) {
      seen += records.length;
      if (seen === 20) end.abort();
      else await put(journal, `${seen}`);
    }
    expect(seen).toBe(20);
  });

  it('a notification that never comes costs one poll interval, not a record', async () => {
    const name = topic();
    const reader = await stores.journal(name, { pollIntervalMs: 50 });
    const live = collect(reader, 2);
    await put(reader, 'told');
    const silent = await stores.client('service');
    await silent.query(RAW_APPEND, [name, 'not told']);
    expect(text(await live)).toEqual(['told', 'not told']);
  });

  it('resumes after any record, and a start beyond the end waits for it', async () => {
    const journal = await stores.journal(topic());
    for (const value of ['a', 'b', 'c']) await put(journal, value);
    expect(text(await collect(journal, 2, 1))).toEqual(['b', 'c']);
    const beyond = collect(journal, 1, 4);
    await put(journal, 'd');
    await put(journal, 'e');
    expect(text(await beyond)).toEqual(['e']);
  });

  it('lets expired records go as a prefix and never others; readers start at the oldest that is left', async () => {
    const [kept, limited] = [topic(), topic()];
    await stores.journal(kept);
    const journal = await stores.journal(limited, { retention: 1000 });
    await put(await stores.journal(kept), 'for ever');
    for (let i = 0; i < 5; i += 1) await put(journal, `old ${i}`);
    const service = await stores.client('service');
    const expire = async (name: string): Promise<number> => {
      const { rows } = await service.query<{ gone: number }>(
        'SELECT openclaw_log.expire(journal_id, 3)::int AS gone FROM openclaw_log.journals WHERE topic = $1',
        [name],
      );
      return rows[0]?.gone ?? -1;
    };
    expect(await expire(limited)).toBe(0);
    const [oldest] = await collect(journal, 1);
    await eventually(() => Date.now() > (oldest?.appendedAtMs ?? 0) + 1100);
    await put(journal, 'new');
    expect([await expire(limited), await expire(limited), await expire(limited), await expire(kept)]).toEqual([
      3, 2, 0, 0,
    ]);
    expect(await journal.bounds(never())).toEqual({ oldest: 5, next: 6 });
    expect((await collect(journal, 1)).map((record) => [record.offset, record.value.toString()])).toEqual([[5, 'new']]);
  });

  it('the upkeep of an open store lets expired records go', async () => {
    const journal = await stores.journal(topic(), { retention: 200, upkeepIntervalMs: 50 });
    for (let i = 0; i < 3; i += 1) await put(journal, `${i}`);
    await eventually(async () => (await journal.bounds(never())).oldest === 3);
    await put(journal, 'new');
    expect(text(await collect(journal, 1))).toEqual(['new']);
  });

  it('after close reads have ended, calls reject with JournalClosed and no connection is left', async () => {
    const store = stores.store();
    const name = topic();
    await store.ensureTopics([{ topic: name, partitions: 2, retention: 'forever' }]);
    const [journal, other] = [await store.open(name, 0), await store.open(name, 1)];
    const ended = Promise.all([journal, other].map((one) => drain(one)));
    await put(journal, 'x');
    const before = await connectionsOf(stores.url);
    expect(before).toBeGreaterThan(0);
    await store.close();
    await ended;
    await expect(put(journal, 'y')).rejects.toThrow(JournalClosed);
    await expect(journal.bounds(never())).rejects.toThrow(JournalClosed);
    await expect(store.open(name)).rejects.toThrow(JournalClosed);
    await expect(store.ensureTopics([])).rejects.toThrow(JournalClosed);
    await store.close();
    await eventually(async () => (await connectionsOf(stores.url)) === 0);
  });

  const drain = async (journal: Journal): Promise<void> => {
    for await (const records of journal.read(0, never())) expect(records.length).toBeGreaterThan(0);
  };

  const rollBackUntil = async (signal: AbortSignal, name: string): Promise<number> => {
    const client = await stores.client('service');
    let count = 0;
    for (; !signal.aborted; count += 1) {
      await client.query('BEGIN');
      await client.query(RAW_APPEND, [name, 'rolled back']);
      await client.query('ROLLBACK');
    }
    return count;
  };

  const count = async (sql: string, values: unknown[] = []): Promise<number> => {
    const admin = await stores.client('admin');
    const { rows } = await admin.query<{ count: string }>(sql, values);
    return Number(rows[0]?.count);
  };
  const waitingForLocks = (): Promise<number> =>
    count(`SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`);
  const listeners = (): Promise<number> =>
    count(
      `SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name LIKE '%listener' AND query LIKE 'LISTEN%'`,
    );
  const connectionsOf = (url: string): Promise<number> =>
    count('SELECT count(*) FROM pg_stat_activity WHERE usename = $1', [new URL(url).username]);
});

const RAW_APPEND = `
  SELECT openclaw_log.append(journal_id, ARRAY['k'], ARRAY[octet_length($2::text)], convert_to($2::text, 'UTF8'))
    FROM openclaw_log.journals WHERE topic = $1`;
