import { randomBytes } from 'node:crypto';
import type { JournalStore } from '@openclaw/event-log';
import {
  grantPostgresJournalLogin, migratePostgresJournalStore, openPostgresJournalStore,
} from '@openclaw/event-log-postgres'; // prettier-ignore
import { type Postgres, sharedPostgres, startPostgres } from '../../testbench';

/** One database with the journal schema and a service's login for it. */
export interface JournalDatabase {
  readonly adminUrl: string;
  readonly url: string;
}

/**
 * A PostgreSQL server for the runs of one experiment, got when the first asks; every run has a database of its own. An
 * experiment that harms the server (`faults`) has one of its own; all others share the one of the test run.
 */
export class PostgresGround {
  #postgres: Promise<Postgres> | undefined;

  constructor(private readonly options: { readonly faults: boolean } = { faults: true }) {}

  async database(label: string): Promise<string> {
    this.#postgres ??= this.options.faults ? startPostgres({ faults: true }) : sharedPostgres();
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
