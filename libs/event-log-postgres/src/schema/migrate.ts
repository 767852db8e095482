import { Client } from 'pg';
import { DEFAULT_SCHEMA, OWNER_ROLE, WRITER_ROLE, plainIdentifier } from './names';
import { version1 } from './version-1';

/** In order; index + 1 is the version. */
const VERSIONS: readonly ((schema: string) => string)[] = [version1];

export interface MigrationOptions {
  readonly schema?: string;
}

/**
 * Brings the schema of the log to the newest version, creating roles and schema where they are missing. Needs a login
 * that may create roles and schemas; the runtime never gets it. Any number of processes may call it at once (an
 * advisory lock lets one work); each version is one transaction, so a failure leaves the version before it. Safe to
 * retry.
 */
export const migratePostgresJournalStore = async (adminUrl: string, options: MigrationOptions = {}): Promise<void> => {
  const schema = plainIdentifier(options.schema ?? DEFAULT_SCHEMA);
  await asAdmin(adminUrl, async (admin) => {
    await admin.query('SELECT pg_advisory_lock(hashtext($1), 0)', [`openclaw migration of ${schema}`]);
    await inTransaction(admin, async () => {
      await admin.query(roles);
      await admin.query(`CREATE SCHEMA IF NOT EXISTS ${schema} AUTHORIZATION ${OWNER_ROLE}`);
    });
    for (const [index, version] of VERSIONS.entries()) {
      await inTransaction(admin, () => apply(admin, schema, index + 1, version(schema)));
    }
  });
};

/** Runs `work` on one connection of the administrator and ends it, whatever happens. */
export const asAdmin = async <T>(adminUrl: string, work: (admin: Client) => Promise<T>): Promise<T> => {
  const admin = new Client({ connectionString: adminUrl, application_name: 'openclaw-log migration' });
  admin.on('error', () => undefined); // the query in flight rejects with it
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
};

export const inTransaction = async (admin: Client, work: () => Promise<void>): Promise<void> => {
  await admin.query('BEGIN ISOLATION LEVEL READ COMMITTED');
  try {
    await work();
    await admin.query('COMMIT');
  } catch (error) {
    await admin.query('ROLLBACK').catch(() => undefined); // the first failure is the one to tell
    throw error;
  }
};

const apply = async (admin: Client, schema: string, version: number, sql: string): Promise<void> => {
  await admin.query(`SET LOCAL ROLE ${OWNER_ROLE}`);
  await admin.query(`SET LOCAL search_path = ${schema}`);
  await admin.query(
    'CREATE TABLE IF NOT EXISTS migrations (version int PRIMARY KEY, applied_at timestamptz DEFAULT now())',
  );
  const done = await admin.query('SELECT FROM migrations WHERE version = $1', [version]);
  if (done.rowCount !== 0) return;
  await admin.query(sql);
  await admin.query('INSERT INTO migrations (version) VALUES ($1)', [version]);
};

/** Roles belong to the whole cluster, so a migration of another database may create them at the same moment. */
const roles = `
DO $$
DECLARE missing text;
BEGIN
  FOREACH missing IN ARRAY ARRAY['${OWNER_ROLE}', '${WRITER_ROLE}'] LOOP
    BEGIN
      IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = missing) THEN
        EXECUTE format('CREATE ROLE %I NOLOGIN', missing);
      END IF;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END;
  END LOOP;
  IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    EXECUTE format('GRANT ${OWNER_ROLE} TO %I', current_user);
  END IF;
END $$;
`;
