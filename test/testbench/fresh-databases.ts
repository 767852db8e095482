import { randomBytes } from 'node:crypto';
import { Client } from 'pg';

/** Makes empty databases on one server, and drops them. */
export class FreshDatabases {
  private made: string[] = [];

  constructor(private readonly superuserUrl: string) {}

  async make(label = 'test'): Promise<string> {
    const name = `${label.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_')}_${randomBytes(4).toString('hex')}`;
    await this.run(`CREATE DATABASE "${name}"`);
    this.made.push(name);
    const url = new URL(this.superuserUrl);
    url.pathname = `/${name}`;
    return url.href;
  }

  /** Also those that somebody is still connected to. */
  async dropAll(): Promise<void> {
    const names = this.made;
    this.made = [];
    for (const name of names) await this.run(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
  }

  private async run(statement: string): Promise<void> {
    const client = new Client({ connectionString: this.superuserUrl });
    client.on('error', () => undefined); // the query itself rejects
    await client.connect();
    try {
      await client.query(statement);
    } finally {
      await client.end();
    }
  }
}
