import { Client, escapeIdentifier, escapeLiteral } from 'pg';

/**
 * Gives the audit service its login on the database of the views, where it owns what it creates and sees nothing else.
 * Returns the address with the password (never print it). Needs an administrator; safe to retry.
 */
export const grantViewsLogin = async (
  adminUrl: string,
  granted: { readonly login: string; readonly password: string },
): Promise<string> => {
  const admin = new Client({ connectionString: adminUrl });
  await admin.connect();
  try {
    const login = escapeIdentifier(granted.login);
    const known = await admin.query('SELECT FROM pg_roles WHERE rolname = $1', [granted.login]);
    await admin.query(
      `${known.rowCount === 0 ? 'CREATE' : 'ALTER'} ROLE ${login} LOGIN PASSWORD ${escapeLiteral(granted.password)}`,
    );
    const { rows } = await admin.query<{ name: string }>('SELECT current_database() AS name');
    await admin.query(`GRANT CREATE ON DATABASE ${escapeIdentifier(rows[0]?.name ?? '')} TO ${login}`);
  } finally {
    await admin.end();
  }
  const url = new URL(adminUrl);
  url.username = granted.login;
  url.password = encodeURIComponent(granted.password);
  return url.href;
};
