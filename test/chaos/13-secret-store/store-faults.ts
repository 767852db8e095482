import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newKeyLine } from '@openclaw/secret-store-postgres';
import { Client } from 'pg';

const TABLE = 'openclaw_secrets.secrets';

/** What can happen to the secret store, planted in the database below it. Each returns how to mend it. */
export class StoreFaults {
  constructor(private readonly adminUrl: string) {}

  /** It is there and gives and takes nothing. */
  async seal(): Promise<() => Promise<void>> {
    await this.#run(`ALTER TABLE ${TABLE} RENAME TO sealed`);
    return () => this.#run(`ALTER TABLE openclaw_secrets.sealed RENAME TO secrets`);
  }

  /** It does not answer until it is mended. */
  async stall(): Promise<() => Promise<void>> {
    const client = await this.#connect();
    await client.query('BEGIN');
    await client.query(`LOCK TABLE ${TABLE} IN ACCESS EXCLUSIVE MODE`);
    return () => client.end();
  }

  /** It gives other bytes than it was given. */
  async corrupt(): Promise<() => Promise<void>> {
    const flip = `UPDATE ${TABLE} SET sealed = set_byte(sealed, 0, get_byte(sealed, 0) # 1) WHERE sealed IS NOT NULL`;
    await this.#run(flip);
    return () => this.#run(flip);
  }

  /** Every table of the database as text. */
  async tables(): Promise<string> {
    const client = await this.#connect();
    try {
      const { rows } = await client.query<{ name: string }>(
        `SELECT quote_ident(table_schema) || '.' || quote_ident(table_name) AS name FROM information_schema.tables
          WHERE table_schema LIKE 'openclaw%' AND table_type = 'BASE TABLE'`,
      );
      const texts: string[] = [];
      for (const { name } of rows) {
        const found = await client.query<Record<string, unknown>>(`SELECT * FROM ${name}`);
        texts.push(...found.rows.flatMap((row) => Object.values(row).map(asText)));
      }
      return texts.join('\n');
    } finally {
      await client.end();
    }
  }

  async #connect(): Promise<Client> {
    const client = new Client({ connectionString: this.adminUrl });
    await client.connect();
    return client;
  }

  async #run(statement: string): Promise<void> {
    const client = await this.#connect();
    try {
      await client.query(statement);
    } finally {
      await client.end();
    }
  }
}

/** A key file with another key than the one that everything was sealed with. */
export const otherKeyFile = async (folder: string): Promise<string> => {
  const path = join(folder, 'other-envelope-key');
  await writeFile(path, newKeyLine(), { mode: 0o600 });
  return path;
};

const asText = (value: unknown): string => {
  if (Buffer.isBuffer(value)) return value.toString('latin1');
  return typeof value === 'string' ? value : JSON.stringify(value ?? '');
};
