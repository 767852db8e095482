import { Client } from 'pg';

/** Every table of OpenClaw in a database as text: logs, secrets, views. For those who hunt for something in it. */
export const databaseText = async (adminUrl: string): Promise<string> => {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  const { rows } = await client.query<{ name: string }>(
    `SELECT quote_ident(table_schema) || '.' || quote_ident(table_name) AS name FROM information_schema.tables
     WHERE table_schema LIKE 'openclaw%' AND table_type = 'BASE TABLE'`,
  );
  const texts: string[] = [];
  for (const { name } of rows) {
    const found = await client.query<Record<string, unknown>>(`SELECT * FROM ${name}`);
    texts.push(...found.rows.flatMap((row) => Object.values(row).map(asText)));
  }
  await client.end();
  return texts.join('\n');
};

const asText = (value: unknown): string => {
  if (Buffer.isBuffer(value)) return value.toString('latin1');
  return typeof value === 'string' ? value : JSON.stringify(value ?? '');
};
