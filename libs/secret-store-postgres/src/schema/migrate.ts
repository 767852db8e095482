import { Client, escapeLiteral } from 'pg';
import { DEFAULT_SCHEMA, OWNER_ROLE, USER_ROLE, plainIdentifier } from './names';
import { scramVerifier } from './scram-verifier';

export interface SecretLogin {
  readonly schema?: string;
  readonly login: string;
  readonly password: string;
}

/**
 * Creates the table of secrets and its roles where they are missing. Needs a login that may create roles and schemas.
 * Any number of processes may call it at once. Safe to retry.
 */
export const migratePostgresSecretStore = async (adminUrl: string, schemaName = DEFAULT_SCHEMA): Promise<void> => {
  const schema = plainIdentifier(schemaName);
  await inAdminTransaction(adminUrl, schema, async (admin) => {
    for (const role of [OWNER_ROLE, USER_ROLE]) await admin.query(createRole(role));
    await admin.query(OWNER_FOR_ADMIN);
    await admin.query(`CREATE SCHEMA IF NOT EXISTS ${schema} AUTHORIZATION ${OWNER_ROLE}`);
    await admin.query(`SET LOCAL ROLE ${OWNER_ROLE}`);
    await admin.query(table(schema));
  });
};

/** Gives a service its login and returns the address for `openPostgresSecretStore` (never print it). Safe to retry. */
export const grantPostgresSecretLogin = async (adminUrl: string, granted: SecretLogin): Promise<string> => {
  const schema = plainIdentifier(granted.schema ?? DEFAULT_SCHEMA);
  const login = plainIdentifier(granted.login);
  const verifier = escapeLiteral(scramVerifier(granted.password));
  await inAdminTransaction(adminUrl, schema, async (admin) => {
    await admin.query(createRole(login));
    await admin.query(`ALTER ROLE ${login} LOGIN INHERIT PASSWORD ${verifier}`);
    await admin.query(`GRANT ${USER_ROLE} TO ${login}`);
  });
  const url = new URL(adminUrl);
  url.username = login;
  url.password = encodeURIComponent(granted.password);
  return url.href;
};

const inAdminTransaction = async (
  adminUrl: string,
  schema: string,
  work: (admin: Client) => Promise<void>,
): Promise<void> => {
  const admin = new Client({ connectionString: adminUrl, application_name: 'openclaw-secrets migration' });
  admin.on('error', () => undefined); // the query in flight rejects with it
  await admin.connect();
  try {
    await admin.query('BEGIN');
    await admin.query('SELECT pg_advisory_xact_lock(hashtext($1), 2)', [`openclaw secrets in ${schema}`]);
    await work(admin);
    await admin.query('COMMIT');
  } finally {
    await admin.end(); // an open transaction is rolled back
  }
};

/** Roles belong to the whole cluster, so a migration of another database may create them at the same moment. */
const createRole = (role: string): string => `
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${role}') THEN CREATE ROLE ${role} NOLOGIN; END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$`;

const OWNER_FOR_ADMIN = `
DO $$ BEGIN
  IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    EXECUTE format('GRANT ${OWNER_ROLE} TO %I', current_user);
  END IF;
END $$`;

/** A deleted secret keeps its row, so that its version is never written again. */
const table = (schema: string): string => `
CREATE TABLE IF NOT EXISTS ${schema}.secrets (
  name text COLLATE "C" NOT NULL,
  version int NOT NULL CHECK (version > 0),
  key_id text,
  wrapped_key bytea,
  sealed bytea,
  created_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  PRIMARY KEY (name, version),
  CHECK (num_nulls(key_id, wrapped_key, sealed) = CASE WHEN deleted_at IS NULL THEN 0 ELSE 3 END)
);
GRANT USAGE ON SCHEMA ${schema} TO ${USER_ROLE};
GRANT SELECT, INSERT ON ${schema}.secrets TO ${USER_ROLE};
GRANT UPDATE (key_id, wrapped_key, sealed, deleted_at) ON ${schema}.secrets TO ${USER_ROLE};
`;
