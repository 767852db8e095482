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
