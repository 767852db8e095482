import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { JournalStore } from '@openclaw/event-log';
import { freshTopics } from '@openclaw/freshness';
import { Client } from 'pg';
import type { LogTopics } from '../workload/heart';
import type { KafkaGround } from '../workload/kafka-ground';
import { type PostgresGround, postgresStore } from '../workload/postgres-ground';

/** A log whose acknowledged end can be taken away. */
export interface LosingLog {
  readonly topics: LogTopics;
  store(): Promise<JournalStore>;
  /** The log as it was is gone: it holds `values` now and nothing else. */
  replaceBy(values: readonly Buffer[]): Promise<void>;
}

/** Kafka: the topic is deleted and restored from an older copy, as after a disaster with a backup of yesterday. */
export const losingKafka = async (ground: KafkaGround): Promise<LosingLog> => {
  const topics = await ground.topics();
  return {
    topics,
    store: () => ground.store(),
    replaceBy: async (values) => {
      const admin = (await ground.client({ retry: { retries: 20 } })).admin();
      await admin.connect();
      await admin.deleteTopics({ topics: [topics.lifecycleTopic] });
      while ((await admin.listTopics()).includes(topics.lifecycleTopic)) await pause(50);
      await admin.disconnect();
      const store = await ground.store();
      await store.ensureTopics(freshTopics(topics.lifecycleTopic, topics.coordinationTopic));
      const journal = await store.open(topics.lifecycleTopic);
      for (const value of values) await journal.append({ key: 'restored', value });
      await store.close();
    },
  };
};

/** PostgreSQL: a superuser puts the guards aside and rewrites the journal in one transaction. */
export const losingPostgres = async (ground: PostgresGround): Promise<LosingLog> => {
  const database = await ground.journals('losttail');
  const name = randomUUID().slice(0, 8);
  const topics = { lifecycleTopic: `chaos.lifecycle.${name}`, coordinationTopic: `chaos.coordination.${name}` };
  const ensured = postgresStore(database);
  await ensured.ensureTopics(freshTopics(topics.lifecycleTopic, topics.coordinationTopic));
  await ensured.close();
  return {
    topics,
    store: async () => postgresStore(database),
    replaceBy: async (values) => {
      const admin = new Client({ connectionString: database.adminUrl });
      await admin.connect();
      try {
        await admin.query('BEGIN');
        // Both at once, in the order of an append: an append between two ALTERs would be a deadlock.
        await admin.query('LOCK TABLE openclaw_log.journals, openclaw_log.records IN ACCESS EXCLUSIVE MODE');
        await guards(admin, 'DISABLE');
        const found = await admin.query<{ journal_id: number }>(
          'UPDATE openclaw_log.journals SET next_offset = $2 WHERE topic = $1 RETURNING journal_id',
          [topics.lifecycleTopic, values.length],
        );
        const id = found.rows[0]?.journal_id;
        await admin.query('DELETE FROM openclaw_log.records WHERE journal_id = $1', [id]);
        for (const [offset, value] of values.entries()) {
          await admin.query(`INSERT INTO openclaw_log.records VALUES ($1, $2, now(), 'restored', $3)`, [
            id,
            offset,
            value,
          ]);
        }
        await guards(admin, 'ENABLE ALWAYS');
        await admin.query('COMMIT');
      } finally {
        await admin.end();
      }
    },
  };
};

const guards = async (admin: Client, how: 'DISABLE' | 'ENABLE ALWAYS'): Promise<void> => {
  const { rows } = await admin.query<{ on: string; name: string }>(
    `SELECT tgrelid::regclass::text AS on, tgname AS name FROM pg_trigger
      WHERE NOT tgisinternal AND tgrelid IN ('openclaw_log.journals'::regclass, 'openclaw_log.records'::regclass)`,
  );
  for (const { on, name } of rows) await admin.query(`ALTER TABLE ${on} ${how} TRIGGER ${name}`);
};
