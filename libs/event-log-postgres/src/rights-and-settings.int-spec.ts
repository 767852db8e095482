import { randomBytes, randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { JournalSettingsRefused } from '@openclaw/event-log';
import {
  PostgresServer,
  PostgresStores,
  attemptsToTamper,
  collect,
  eventually,
} from '@openclaw/event-log-postgres/testing';
import { BENCH_START_TIMEOUT_MS, type Postgres, sharedPostgres } from '@openclaw/test/testbench';
import { grantPostgresJournalLogin, migratePostgresJournalStore } from './index';

const topic = (): string => `test.${randomUUID()}`;
const faultsOf = (attempt: Promise<unknown>): Promise<readonly string[]> =>
  attempt.then(
    () => [],
    (error: unknown) => {
      if (error instanceof JournalSettingsRefused) return error.faults;
      throw error;
    },
  );

describe('rights on a PostgreSQL journal', () => {
  let postgres: Postgres;
  let stores: PostgresStores;

  beforeAll(async () => {
    postgres = await sharedPostgres();
    stores = await PostgresStores.on(await postgres.freshDatabase('rights'));
  }, BENCH_START_TIMEOUT_MS);
  afterEach(() => stores.dispose());
  afterAll(() => postgres.stop());

  it('a service cannot change, delete, reorder or unguard history in any way we know of', async () => {
    const name = topic();
    const journal = await stores.journal(name);
    await journal.append({ key: 'k', value: Buffer.from('kept') });
    expect(await attemptsToTamper(stores.url, name)).toEqual([]);
    expect((await collect(journal, 1))[0]?.value.toString()).toBe('kept');
  });

  it('the attempts are real: an administrator succeeds with each that no trigger stops', async () => {
    const name = topic();
    const journal = await stores.journal(name);
    await journal.append({ key: 'k', value: Buffer.from('kept') });
    const accepted = await attemptsToTamper(stores.adminUrl, name);
    expect(
      accepted.filter((sql) => /^(UPDATE \S+records|DELETE|TRUNCATE)|next_offset = 0|retention_ms/.test(sql)),
    ).toEqual([]);
    expect(accepted).toHaveLength(22 - 7);
  });

  it('even the owner and a superuser are stopped by the triggers, also in a replica session', async () => {
    const name = topic();
    const journal = await stores.journal(name);
    await journal.append({ key: 'k', value: Buffer.from('kept') });
    const admin = await stores.client('admin');
    for (const become of ['SET ROLE openclaw_log_owner', 'RESET ROLE', 'SET session_replication_role = replica']) {
      await admin.query(become);
      for (const sql of [
        `UPDATE openclaw_log.records SET key = 'x'`,
        'DELETE FROM openclaw_log.records',
        'TRUNCATE openclaw_log.records',
        'UPDATE openclaw_log.journals SET next_offset = next_offset - 1',
        'DELETE FROM openclaw_log.journals',
        'UPDATE openclaw_log.topics SET retention_ms = 1',
      ]) {
        await expect(admin.query(sql)).rejects.toThrow('history is immutable');
      }
    }
  });

  it('a login appends to the topics it was granted and to no other, and creates no other', async () => {
    const [mine, foreign] = [topic(), topic()];
    await stores.journal(foreign);
    const granted = { login: `one_${randomBytes(4).toString('hex')}`, password: 'a password', appendTo: [mine] };
    const url = await grantPostgresJournalLogin(stores.adminUrl, granted);
    const journal = await stores.journal(mine, { url });
    await journal.append({ key: 'k', value: Buffer.from('mine') });
    const store = stores.store({ url });
    const other = await store.open(foreign);
    await expect(other.append({ key: 'k', value: Buffer.from('x') })).rejects.toThrow('may not append');
    expect(await faultsOf(store.ensureTopics([{ topic: topic(), partitions: 1, retention: 'forever' }]))).toEqual([
      expect.stringContaining('may not create it'),
    ]);
    await grantPostgresJournalLogin(stores.adminUrl, { ...granted, appendTo: [] });
    await expect(journal.append({ key: 'k', value: Buffer.from('x') })).rejects.toThrow('may not append');
    expect(await collect(journal, 1)).toHaveLength(1);
  });

  it('ensureTopics names every difference of existing topics at once, and any number may ensure the same at once', async () => {
    const [one, two] = [topic(), topic()];
    const wanted = [
      { topic: one, partitions: 3, retention: 'forever' },
      { topic: two, partitions: 1, retention: 60_000 },
    ] as const;
    await Promise.all([1, 2, 3, 4].map(() => stores.store().ensureTopics(wanted)));
    for (const partition of [0, 1, 2]) await stores.store().open(one, partition);
    await expect(stores.store().open(one, 3)).rejects.toThrow('no journal');
    const faults = await faultsOf(
      stores.store().ensureTopics([
        { topic: one, partitions: 4, retention: 60_000 },
        { topic: two, partitions: 1, retention: 'forever' },
      ]),
    );
    expect(faults).toHaveLength(3);
  });

  it('refuses logins with rights that could rewrite history, naming the remedy', async () => {
    const admin = await stores.client('admin');
    const login = `wide_${randomBytes(4).toString('hex')}`;
    const url = await grantPostgresJournalLogin(stores.adminUrl, { login, password: 'p', appendTo: 'every topic' });
    const faults = (): Promise<readonly string[]> => faultsOf(stores.store({ url }).ensureTopics([]));
    expect(await faults()).toEqual([]);
    await admin.query(`GRANT UPDATE, TRUNCATE ON openclaw_log.records TO ${login}`);
    await admin.query(`GRANT UPDATE (next_offset) ON openclaw_log.journals TO ${login}`);
    expect(await faults()).toEqual([
      expect.stringMatching(/UPDATE on journals, TRUNCATE on records, UPDATE on records/),
    ]);
    await admin.query(`GRANT openclaw_log_owner TO ${login}`);
    expect(await faults()).toEqual([expect.stringContaining("member of the owner's role")]);
    expect(await faultsOf(stores.store({ url: stores.adminUrl }).ensureTopics([]))).toEqual([
      expect.stringContaining('is a superuser'),
    ]);
  });

  it('refuses a login whose own settings break a promise, all faults at once, and disabled guards', async () => {
    const admin = await stores.client('admin');
    const login = `odd_${randomBytes(4).toString('hex')}`;
    const url = await grantPostgresJournalLogin(stores.adminUrl, { login, password: 'p', appendTo: 'every topic' });
    await admin.query(`ALTER ROLE ${login} SET synchronous_commit = off`);
    await admin.query(`ALTER ROLE ${login} SET default_transaction_isolation = 'serializable'`);
    await admin.query('ALTER TABLE openclaw_log.records DISABLE TRIGGER history_update');
    const faults = await faultsOf(stores.store({ url }).ensureTopics([]));
    await admin.query('ALTER TABLE openclaw_log.records ENABLE ALWAYS TRIGGER history_update');
    expect(faults).toEqual([
      expect.stringContaining('synchronous_commit is off'),
      expect.stringContaining('isolation is serializable'),
      expect.stringContaining('8 of 9 triggers'),
    ]);
  });

  it('a setting that turns bad later stops the next append, and the upkeep stops the store until it is sound again', async () => {
    const admin = await stores.client('admin');
    const login = `later_${randomBytes(4).toString('hex')}`;
    const url = await grantPostgresJournalLogin(stores.adminUrl, { login, password: 'p', appendTo: 'every topic' });
    const faults: unknown[] = [];
    const onFault = (fault: unknown): void => void faults.push(fault);
    const journal = await stores.journal(topic(), { url, upkeepIntervalMs: 50, onFault });
    const unwatched = await stores.journal(topic(), { url });
    const append = (): Promise<void> => journal.append({ key: 'k', value: Buffer.from('x') });
    const set = async (sql: string): Promise<void> => {
      await admin.query(sql);
      await admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1', [login]);
    };
    await append();
    await set(`ALTER ROLE ${login} SET synchronous_commit = off`);
    const nextAppends = (): Promise<void> => unwatched.append({ key: 'k', value: Buffer.from('x') });
    await eventually(async () => (await faultsOf(nextAppends()).catch(() => [])).length > 0);
    await eventually(async () => (await faultsOf(append()).catch(() => [])).length > 0);
    await set(`ALTER ROLE ${login} RESET synchronous_commit`);
    await eventually(() =>
      append().then(
        () => true,
        () => false,
      ),
    );
    await admin.query(`GRANT DELETE ON openclaw_log.records TO ${login}`);
    await eventually(async () => (await faultsOf(append())).some((fault) => fault.includes('DELETE on records')));
    await admin.query(`REVOKE DELETE ON openclaw_log.records FROM ${login}`);
    await eventually(() =>
      append().then(
        () => true,
        () => false,
      ),
    );
    expect(faults.some((fault) => fault instanceof JournalSettingsRefused)).toBe(true);
  });

  it('a schema that was never migrated, or may not be used, is refused in words that name the remedy', async () => {
    const bare = await postgres.freshDatabase('bare');
    expect(await faultsOf(stores.store({ url: bare }).ensureTopics([]))).toEqual([expect.stringContaining('migrate')]);
  });

  it('any number of processes may migrate at once, also two databases of one cluster, and again later', async () => {
    const urls = [await postgres.freshDatabase('migrate'), await postgres.freshDatabase('migrate')];
    await Promise.all([...urls, ...urls, ...urls].map((url) => migratePostgresJournalStore(url)));
    const both = await Promise.all(urls.map((url) => PostgresStores.on(url)));
    for (const migrated of both) {
      const journal = await migrated.journal(topic());
      await journal.append({ key: 'k', value: Buffer.from('works') });
      await migrated.dispose();
    }
  });

  it('an administrator who is no superuser can migrate and grant', async () => {
    const adminUrl = await postgres.freshDatabase('plain');
    const root = await connected(adminUrl);
    const name = `plain_${randomBytes(4).toString('hex')}`;
    await root.query(`CREATE ROLE ${name} LOGIN CREATEROLE PASSWORD 'p'`);
    await root.query(`GRANT openclaw_log_owner, openclaw_log_writer TO ${name} WITH ADMIN OPTION`);
    await root.query(`GRANT CREATE ON DATABASE ${new URL(adminUrl).pathname.slice(1)} TO ${name}`);
    await root.end();
    const url = new URL(adminUrl);
    [url.username, url.password] = [name, 'p'];
    const plain = await PostgresStores.on(url.href);
    await (await plain.journal(topic())).append({ key: 'k', value: Buffer.from('works') });
    await plain.dispose();
  });
});

describe('settings of the server', () => {
  it(
    'fsync and full_page_writes off are refused, unless each is allowed by name',
    async () => {
      const server = await PostgresServer.start({ durable: false });
      const stores = await PostgresStores.on(server.url);
      try {
        const faults = await faultsOf(stores.store().ensureTopics([]));
        expect(faults).toEqual(
          expect.arrayContaining([
            expect.stringContaining('fsync is off'),
            expect.stringContaining('full_page_writes is off'),
          ]),
        );
        await stores.store({ allowUnsafe: ['fsync', 'full_page_writes', 'synchronous_commit'] }).ensureTopics([]);
      } finally {
        await stores.dispose();
        await server.stop();
      }
    },
    BENCH_START_TIMEOUT_MS,
  );
});

const connected = async (url: string): Promise<Client> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  return client;
};
