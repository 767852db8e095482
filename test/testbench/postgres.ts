import { startEmbeddedPostgres } from '@openclaw/embedded-postgres';
import { benchFolder } from './bench-folder';
import { preferContainer } from './container-engine';
import { startContainerPostgres } from './container-postgres';
import { FreshDatabases } from './fresh-databases';

/** A PostgreSQL server of a test. */
export interface Postgres {
  /** Superuser address. Tests make their own database with `freshDatabase`. */
  readonly url: string;
  /** Makes an empty database and answers its superuser address; `label` shows in its name. */
  freshDatabase(label?: string): Promise<string>;
  /** Ends the server, or drops the databases made through this handle when the server is shared. Safe to repeat. */
  stop(): Promise<void>;
}

interface PostgresOptions {
  /** False switches fsync off: only for tests that do not speak of durability (default true). */
  readonly durable?: boolean;
  /** True for a test that harms the server: one given in the environment is not used. */
  readonly faults?: boolean;
}

/**
 * A real PostgreSQL: the superuser address in OPENCLAW_TEST_POSTGRES_URL, else a container where an engine answers,
 * else the embedded server. The caller ends it with `stop()`.
 */
export async function startPostgres(options: PostgresOptions = {}): Promise<Postgres> {
  const { durable = true, faults = false } = options;
  const given = process.env.OPENCLAW_TEST_POSTGRES_URL;
  if (given && !faults) return givenPostgres(given);
  const server = await preferContainer(
    'PostgreSQL',
    () => startContainerPostgres(durable),
    async () => startEmbeddedPostgres({ dataDir: await benchFolder('postgres'), durable, temporary: true }),
  );
  const databases = new FreshDatabases(server.url);
  return { url: server.url, freshDatabase: (label) => databases.make(label), stop: () => server.stop() };
}

/** Somebody else's server: `stop` only takes away what this handle made. */
export function givenPostgres(url: string): Postgres {
  const databases = new FreshDatabases(url);
  return { url, freshDatabase: (label) => databases.make(label), stop: () => databases.dropAll() };
}
