import { randomBytes } from 'node:crypto';
import type { JournalStore } from '@openclaw/event-log';
import {
  grantPostgresJournalLogin, migratePostgresJournalStore, openPostgresJournalStore,
} from '@openclaw/event-log-postgres'; // prettier-ignore
import { type Postgres, startPostgres } from '../../testbench';

/** One database with the journal schema and a service's login for it. */
export interface JournalDatabase {
  readonly adminUrl: string;
  readonly url: string;
}

/** A PostgreSQL server for the runs of one experiment, started when the first asks. */
export class PostgresGround {
  #postgres: Promise<Postgres> | undefined;

  async database(label: string): Promise<string> {
    this.#postgres ??= startPostgres({ faults: true });
    return (await this.#postgres).freshDatabase(label);
  }

  async journals(label: string): Promise<JournalDatabase> {
    const adminUrl = await this.database(label);
    await migratePostgresJournalStore(adminUrl);
    const login = `chaos_${randomBytes(6).toString('hex')}`;
    const password = randomBytes(12).toString('hex');
    return { adminUrl, url: await grantPostgresJournalLogin(adminUrl, { login, password, appendTo: 'every topic' }) };
  }

  async close(): Promise<void> {
    const postgres = this.#postgres;
    this.#postgres = undefined;
    await (await postgres)?.stop();
  }
}

export const postgresStore = ({ url }: JournalDatabase, requestTimeoutMs = 5_000): JournalStore =>
  openPostgresJournalStore({ url, requestTimeoutMs });
