import { escapeLiteral } from 'pg';
import { asAdmin, inTransaction } from './migrate';
import { DEFAULT_SCHEMA, EVERY_TOPIC, OWNER_ROLE, WRITER_ROLE, plainIdentifier } from './names';
import { scramVerifier } from './scram-verifier';

export interface JournalLogin {
  readonly schema?: string;
  /** Created when missing; its password is set either way. */
  readonly login: string;
  readonly password: string;
  /** Exactly these topics: what was granted before and is not named here is taken away. */
  readonly appendTo: 'every topic' | readonly string[];
}

/**
 * Gives one service its login: it reads every journal, appends to the named topics, and can change nothing. Returns
 * the address for `openPostgresJournalStore` (with the password: never print it). Needs a migrated schema. Safe to
 * retry.
 */
export const grantPostgresJournalLogin = async (adminUrl: string, granted: JournalLogin): Promise<string> => {
  const schema = plainIdentifier(granted.schema ?? DEFAULT_SCHEMA);
  const login = plainIdentifier(granted.login);
  const verifier = scramVerifier(granted.password);
  const topics = granted.appendTo === 'every topic' ? [EVERY_TOPIC] : granted.appendTo;
  await asAdmin(adminUrl, (admin) =>
    inTransaction(admin, async () => {
      await admin.query('SELECT pg_advisory_xact_lock(hashtext($1), 1)', [login]);
      await admin.query(createLogin(login));
      await admin.query(`ALTER ROLE ${login} LOGIN INHERIT PASSWORD ${escapeLiteral(verifier)}`);
      await admin.query(`GRANT ${WRITER_ROLE} TO ${login}`);
      await admin.query(`SET LOCAL ROLE ${OWNER_ROLE}`);
      await admin.query(`DELETE FROM ${schema}.append_rights WHERE login = $1`, [login]);
      await admin.query(`INSERT INTO ${schema}.append_rights SELECT $1, unnest($2::text[])`, [login, topics]);
    }),
  );
  return addressOf(adminUrl, login, granted.password);
};

const createLogin = (login: string): string => `
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${login}') THEN CREATE ROLE ${login}; END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$`;

const addressOf = (adminUrl: string, login: string, password: string): string => {
  const url = new URL(adminUrl);
  url.username = login;
  url.password = encodeURIComponent(password);
  return url.href;
};
