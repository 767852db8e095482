import { createHash } from 'node:crypto';
import { Pool, type PoolClient } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { type Generation, quoted } from './generation';
import { inTransaction, PostgresProjectionStore } from './postgres-projection-store';
import type { ProjectionDefinition } from './projection-definition';

export interface ReadModelsOptions {
  readonly url: string;
  readonly schema?: string;
  /** A statement that takes longer is given up, so that a hung database shows as lag and never as silence. */
  readonly statementTimeoutMs?: number;
}

const STATEMENT_TIMEOUT_MS = 30_000;
const CONNECT_TIMEOUT_MS = 5_000;

/** The projection tables of one database: set up, written, rebuilt and digested. Reads go through the entities. */
export class ReadModels {
  readonly pool: Pool;
  readonly schema: string;

  constructor(
    readonly definitions: readonly ProjectionDefinition[],
    options: ReadModelsOptions,
  ) {
    this.schema = options.schema ?? 'openclaw_views';
    if (!/^[a-z][a-z0-9_]{0,40}$/.test(this.schema)) throw new TypeError('schema: use lower-case letters, digits and _');
    const timeoutMs = options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS;
    this.pool = new Pool({
      connectionString: options.url,
      max: 8,
      statement_timeout: timeoutMs,
      query_timeout: timeoutMs + 1000,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    });
    this.pool.on('error', () => undefined);
  }

  /** Creates what is missing, under a lock (two services may start at once). Rebuild is needed where a fold changed. */
  migrate(): Promise<void> {
    return this.#locked(async (client) => {
      await client.query(`CREATE SCHEMA IF NOT EXISTS ${this.schema}`);
      await client.query(`CREATE TABLE IF NOT EXISTS ${this.schema}.generations (
        projection text PRIMARY KEY, serving integer NOT NULL, fold_version integer NOT NULL)`);
      await client.query(`CREATE TABLE IF NOT EXISTS ${this.schema}.checkpoints (
        projection text, generation integer, log_id text NOT NULL, position bigint NOT NULL, chain_hash text NOT NULL,
        fold_version integer NOT NULL, saved_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (projection, generation))`);
      await client.query(`CREATE TABLE IF NOT EXISTS ${this.schema}.quarantine (
        projection text, generation integer, position bigint, stream text, kind text NOT NULL, reason text NOT NULL,
        value bytea NOT NULL, noted_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (projection, generation, position))`);
      for (const definition of this.definitions) await this.#migrateOne(client, definition);
    });
  }

  /** The generation that readers see. */
  async serving(table: string): Promise<Generation> {
    const { rows } = await this.pool.query<{ serving: number }>(
      `SELECT serving FROM ${this.schema}.generations WHERE projection = $1`,
      [table],
    );
    return { schema: this.schema, number: rows[0]?.serving ?? 1 };
  }

  store(definition: ProjectionDefinition, generation: Generation, partition = 0): PostgresProjectionStore {
    return new PostgresProjectionStore(this.pool, definition, generation, partition);
  }

  /** Makes the empty tables of the next generation; fill them with a projection runner, then `serve` them. */
  async next(definition: ProjectionDefinition): Promise<Generation> {
    const { number } = await this.serving(definition.table);
    const next: Generation = { schema: this.schema, number: number + 1 };
    await inTransaction(this.pool, async (client) => {
      await this.#drop(client, definition, next);
      await this.#create(client, definition, next);
    });
    return next;
  }

  /** Moves readers to `generation` and drops the one that served before, in one transaction. */
  serve(definition: ProjectionDefinition, generation: Generation): Promise<void> {
    return this.#locked(async (client) => {
      const { number } = await this.serving(definition.table);
      await this.#point(client, definition, generation);
      if (number !== generation.number) await this.#drop(client, definition, { ...generation, number });
    });
  }

  /** SHA-256 over every row of a generation in a fixed order: equal digests mean equal tables. */
  async digest(definition: ProjectionDefinition, generation: Generation): Promise<{ rows: number; sha256: string }> {
    const client = await this.pool.connect();
    try {
      const select = `SELECT ${definition.columns.join(', ')} FROM ${quoted(generation, definition.table)} ORDER BY ${definition.order}`;
      const digest = createHash('sha256');
      let rows = 0;
      for await (const chunk of client.query(copyTo(`COPY (${select}) TO STDOUT`)) as AsyncIterable<Buffer>) {
        digest.update(chunk);
        for (const byte of chunk) if (byte === 0x0a) rows += 1;
      }
      return { rows, sha256: digest.digest('hex') };
    } finally {
      client.release();
    }
  }

  async close(): Promise<void> {
    await this.pool.end();
  }

  async #migrateOne(client: PoolClient, definition: ProjectionDefinition): Promise<void> {
    const known = await client.query<{ serving: number; fold_version: number }>(
      `SELECT serving, fold_version FROM ${this.schema}.generations WHERE projection = $1`,
      [definition.table],
    );
    const [row] = known.rows;
    if (row?.fold_version === definition.foldVersion) return;
    const generation: Generation = { schema: this.schema, number: (row?.serving ?? 0) + 1 };
    await this.#drop(client, definition, generation);
    await this.#create(client, definition, generation);
    await this.#point(client, definition, generation);
    if (row !== undefined) await this.#drop(client, definition, { ...generation, number: row.serving });
  }

  async #create(client: PoolClient, definition: ProjectionDefinition, generation: Generation): Promise<void> {
    const table = quoted(generation, definition.table);
    await client.query(`CREATE TABLE ${table} (${definition.ddl})`);
    for (const index of definition.indexes) await client.query(`CREATE INDEX ${index.replace('%t', table)}`);
  }

  async #point(client: PoolClient, definition: ProjectionDefinition, generation: Generation): Promise<void> {
    await client.query(`DROP VIEW IF EXISTS ${this.schema}.${definition.table}`);
    await client.query(`CREATE VIEW ${this.schema}.${definition.table} AS SELECT * FROM ${quoted(generation, definition.table)}`);
    await client.query(
      `INSERT INTO ${this.schema}.generations VALUES ($1, $2, $3)
       ON CONFLICT (projection) DO UPDATE SET serving = $2, fold_version = $3`,
      [definition.table, generation.number, definition.foldVersion],
    );
  }

  async #drop(client: PoolClient, definition: ProjectionDefinition, generation: Generation): Promise<void> {
    await client.query(`DROP TABLE IF EXISTS ${quoted(generation, definition.table)}`);
    for (const table of ['checkpoints', 'quarantine']) {
      await client.query(`DELETE FROM ${this.schema}.${table} WHERE projection LIKE $1 AND generation = $2`, [
        `${definition.table}/%`,
        generation.number,
      ]);
    }
  }

  #locked(work: (client: PoolClient) => Promise<void>): Promise<void> {
    return inTransaction(this.pool, async (client) => {
      await client.query(`SELECT pg_advisory_xact_lock(hashtext($1))`, [`openclaw:${this.schema}`]);
      await work(client);
    });
  }
}
