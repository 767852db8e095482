import type { Cell, Connection } from './connection';
import { GUARD_COUNT } from './schema/version-1';

/** Settings of the server without which an acknowledged record can be lost. Off only for throwaway data, by name. */
export type UnsafeSetting = 'fsync' | 'full_page_writes' | 'synchronous_commit';

export interface ExpectedSettings {
  readonly schema: string;
  readonly allowUnsafe: readonly UnsafeSetting[];
}

/** Everything about server, login and schema that breaks a promise of the log; empty when all is well. */
export const settingFaults = async (
  connection: Connection,
  expected: ExpectedSettings,
  limit: AbortSignal,
): Promise<readonly string[]> => [
  ...durabilityFaults(await connection.rows({ text: SETTINGS }, limit), expected.allowUnsafe),
  ...loginFaults(await connection.rows({ text: LOGIN, values: [expected.schema] }, limit)),
  ...guardFaults(await connection.rows({ text: GUARDS, values: [expected.schema] }, limit)),
];

/** As this very session has them: a login or a database may carry its own. */
const SETTINGS = `
  SELECT current_setting('fsync'), current_setting('full_page_writes'), current_setting('synchronous_commit'),
         current_setting('synchronous_standby_names'), current_setting('default_transaction_isolation'),
         current_setting('default_transaction_read_only'), current_setting('server_encoding')`;

const durabilityFaults = ([row]: readonly Cell[][], allowed: readonly UnsafeSetting[]): string[] => {
  const [fsync, fullPageWrites, synchronousCommit, standbys, isolation, readOnly, encoding] = row ?? [];
  const unless = (name: UnsafeSetting, sound: boolean, fault: string): string[] =>
    sound || allowed.includes(name) ? [] : [fault];
  return [
    ...unless('fsync', fsync === 'on', `fsync is ${fsync}: set it on, or a crash loses what was acknowledged`),
    ...unless('full_page_writes', fullPageWrites === 'on', `full_page_writes is ${fullPageWrites}: set it on`),
    ...unless(
      'synchronous_commit',
      synchronousCommit !== 'off',
      'synchronous_commit is off for this login: set it on, or a crash loses what was acknowledged',
    ),
    ...(standbys !== '' && synchronousCommit === 'local'
      ? ['synchronous_commit is local although there are synchronous standbys: set it on, or a failover loses records']
      : []),
    ...(isolation === 'read committed'
      ? []
      : [`default_transaction_isolation is ${isolation} for this login: set it to read committed`]),
    ...(readOnly === 'off' ? [] : ['default_transaction_read_only is on for this login: set it off']),
    ...(encoding === 'UTF8' ? [] : [`the encoding of the database is ${encoding}: create it with UTF8`]),
  ];
};

/** Any right that could rewrite history, on any table of the schema. */
const LOGIN = `
  SELECT current_user,
         (SELECT rolsuper FROM pg_roles WHERE rolname = current_user),
         pg_has_role(current_user, nspowner, 'MEMBER'),
         has_schema_privilege(n.oid, 'CREATE'),
         (SELECT string_agg(right_name || ' on ' || c.relname, ', ' ORDER BY c.relname, right_name)
            FROM pg_class c, unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER']) AS right_name
           WHERE c.relnamespace = n.oid AND c.relkind IN ('r', 'p')
             AND (has_table_privilege(c.oid, right_name)
               OR (right_name IN ('INSERT', 'UPDATE') AND has_any_column_privilege(c.oid, right_name))))
    FROM pg_namespace n WHERE n.nspname = $1`;

const loginFaults = ([row]: readonly Cell[][]): string[] => {
  const [login, superuser, owner, create, rights] = row ?? [];
  if (superuser === 't') return [`login ${login} is a superuser: open the log with a login that was granted for it`];
  if (owner === 't') return [`login ${login} is a member of the owner's role: take the membership away`];
  return [
    ...(create === 't' ? [`login ${login} may create in the schema: revoke CREATE`] : []),
    ...(rights === null || rights === undefined ? [] : [`login ${login} has ${rights}: revoke them`]),
  ];
};

/** "A" = fires always, also in a session that replays replication. */
const GUARDS = `
  SELECT count(*) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE n.nspname = $1 AND t.tgname LIKE 'history\\_%' AND t.tgenabled = 'A'`;

const guardFaults = ([row]: readonly Cell[][]): string[] => {
  const enabled = Number(row?.[0]);
  if (enabled === GUARD_COUNT) return [];
  return [`${enabled} of ${GUARD_COUNT} triggers that guard the history are enabled: somebody switched them off`];
};
