import { Client } from 'pg';

/** What a service, or somebody who stole its login, may try. `TOPIC` and `JOURNAL` stand for a topic that has records. */
const ATTEMPTS = [
  `UPDATE openclaw_log.records SET value = '\\x00' WHERE journal_id = JOURNAL`,
  `UPDATE openclaw_log.records SET appended_at = now() WHERE journal_id = JOURNAL`,
  `DELETE FROM openclaw_log.records WHERE journal_id = JOURNAL`,
  `TRUNCATE openclaw_log.records`,
  `INSERT INTO openclaw_log.records VALUES (JOURNAL, 1000000, now(), 'k', '\\x00')`,
  `UPDATE openclaw_log.journals SET next_offset = 0 WHERE journal_id = JOURNAL`,
  `UPDATE openclaw_log.journals SET next_offset = next_offset + 1 WHERE journal_id = JOURNAL`,
  `SELECT * FROM openclaw_log.journals WHERE journal_id = JOURNAL FOR UPDATE`,
  `DELETE FROM openclaw_log.journals WHERE journal_id = JOURNAL`,
  `UPDATE openclaw_log.topics SET retention_ms = 1 WHERE topic = TOPIC`,
  `INSERT INTO openclaw_log.append_rights VALUES (session_user, 'x')`,
  `UPDATE openclaw_log.store SET store_id = gen_random_uuid()`,
  `ALTER TABLE openclaw_log.records DISABLE TRIGGER ALL`,
  `ALTER TABLE openclaw_log.records ADD COLUMN x int`,
  `ALTER FUNCTION openclaw_log.append(int, text[], int[], bytea) SECURITY INVOKER`,
  `DROP TRIGGER history_update ON openclaw_log.records`,
  `DROP TABLE openclaw_log.records`,
  `DROP SCHEMA openclaw_log CASCADE`,
  `CREATE TABLE openclaw_log.mine ()`,
  `CREATE RULE r AS ON INSERT TO openclaw_log.records DO INSTEAD NOTHING`,
  `SET ROLE openclaw_log_owner`,
  `SET session_replication_role = replica`,
] as const;

/** Tries each with the rights of `url`, in a transaction that is rolled back; names those that were not refused. */
export const attemptsToTamper = async (url: string, topic: string): Promise<readonly string[]> => {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const journal = await client.query<{ journal_id: number }>(
      'SELECT journal_id FROM openclaw_log.journals WHERE topic = $1',
      [topic],
    );
    const filled = ATTEMPTS.map((sql) =>
      sql.replace('JOURNAL', String(journal.rows[0]?.journal_id)).replace('TOPIC', client.escapeLiteral(topic)),
    );
    const accepted: string[] = [];
    for (const sql of filled) if (!(await isRefused(client, sql))) accepted.push(sql);
    return accepted;
  } finally {
    await client.end();
  }
};

const isRefused = async (client: Client, sql: string): Promise<boolean> => {
  await client.query('BEGIN');
  const refused = await client.query(sql).then(
    () => false,
    () => true,
  );
  await client.query('ROLLBACK');
  return refused;
};
