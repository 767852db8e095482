import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import type { Journal, JournalStore, TopicSpec } from '@openclaw/event-log';
import {
  grantPostgresJournalLogin, migratePostgresJournalStore, openPostgresJournalStore, type PostgresJournalStoreOptions,
} from '@openclaw/event-log-postgres'; // prettier-ignore

type StoreOptions = Partial<PostgresJournalStoreOptions>;

/** One migrated database with a service login, and every store and client opened on it. */
export class PostgresStores {
  readonly #opened: { close(): Promise<void> }[] = [];

  private constructor(
    readonly adminUrl: string,
    readonly url: string,
    private readonly defaults: StoreOptions,
  ) {}

  static async on(adminUrl: string, defaults: StoreOptions = {}): Promise<PostgresStores> {
    await migratePostgresJournalStore(adminUrl);
    const login = `writer_${randomBytes(6).toString('hex')}`;
    const password = randomBytes(12).toString('hex');
    const url = await grantPostgresJournalLogin(adminUrl, { login, password, appendTo: 'every topic' });
    return new PostgresStores(adminUrl, url, defaults);
  }

  /** As one more process would. */
  store(options: StoreOptions = {}): JournalStore {
    const store = openPostgresJournalStore({ url: this.url, ...this.defaults, ...options });
    this.#opened.push(store);
    return store;
  }

  async journal(topic: string, options: StoreOptions & { retention?: TopicSpec['retention'] } = {}): Promise<Journal> {
    const { retention = 'forever', ...storeOptions } = options;
    const store = this.store(storeOptions);
    await store.ensureTopics([{ topic, partitions: 1, retention }]);
    return store.open(topic);
  }

  /** A bare connection, as the service or as the administrator. */
  async client(role: 'service' | 'admin'): Promise<Client> {
    const client = new Client({ connectionString: role === 'admin' ? this.adminUrl : this.url });
    client.on('error', () => undefined);
    await client.connect();
    this.#opened.push({ close: () => client.end() });
    return client;
  }

  /** Deletes every record that a topic with limited retention has now, as time would. */
  async expireAll(topic: string): Promise<void> {
    const admin = await this.client('admin');
    const { rows } = await admin.query<{ retention_ms: string }>(
      `UPDATE openclaw_log.topics AS t SET retention_ms = 1 FROM openclaw_log.topics AS before
        WHERE t.topic = $1 AND before.topic = t.topic RETURNING before.retention_ms`,
      [topic],
    );
    await admin.query('SELECT pg_sleep(0.002)');
    const service = await this.client('service');
    await service.query('SELECT openclaw_log.expire(journal_id, 1000000) FROM openclaw_log.journals WHERE topic = $1', [
      topic,
    ]);
    await admin.query('UPDATE openclaw_log.topics SET retention_ms = $2 WHERE topic = $1', [
      topic,
      rows[0]?.retention_ms,
    ]);
  }

  async dispose(): Promise<void> {
    await Promise.all(this.#opened.splice(0).map((opened) => opened.close()));
  }
}
