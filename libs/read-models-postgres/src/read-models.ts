import { Pool, type PoolClient } from 'pg';
import { digestOf } from './digest';
import { PRODUCER_RENEWALS, PRODUCER_RENEWALS_DDL } from './entities/producer-renewal.entity';
import { type Digest, type Generation, type PartitionEnds, quoted } from './generation';
import { PostgresProjectionStore } from './postgres-projection-store';
import type { ProjectionDefinition } from './projection-definition';
import { CONNECT_TIMEOUT_MS, DEFAULT_VIEWS_SCHEMA, STATEMENT_TIMEOUT_MS } from './read-models.settings';
import { asStoreError } from './store-errors';
import { inTransaction } from './transactions';

export interface ReadModelsOptions {
  readonly url: string;
  readonly schema?: string;
  /** A statement that takes longer is given up, so that a hung database shows as lag and never as silence. */
  readonly statementTimeoutMs?: number;
}

/** The projection tables of one database: set up, written, rebuilt and digested. Reads go through the entities. */
export class ReadModels {
  readonly pool: Pool;
  readonly schema: string;

  constructor(
    readonly definitions: readonly ProjectionDefinition[],
    private readonly options: ReadModelsOptions,
  ) {
    this.schema = options.schema ?? DEFAULT_VIEWS_SCHEMA;
    if (!/^[a-z][a-z0-9_]{0,40}$/.test(this.schema))
      throw new TypeError('schema: use lower-case letters, digits and _');
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
      await client.query(`CREATE TABLE IF NOT EXISTS ${this.schema}.${PRODUCER_RENEWALS} (${PRODUCER_RENEWALS_DDL})`);
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

  /**
   * SHA-256 over every row of a generation in a fixed order: equal digests mean equal tables. With `ends`, over the
   * rows up to those positions.
   */
  async digest(definition: ProjectionDefinition, generation: Generation, ends?: PartitionEnds): Promise<Digest> {
    const where = ends === undefined ? '' : `WHERE ${upTo(definition, ends)}`;
    const table = quoted(generation, definition.table);
    const select = `SELECT ${definition.columns.join(', ')} FROM ${table} ${where} ORDER BY ${definition.order}`;
    return digestOf(this.options.url, select);
  }

  /** How far each partition of a generation is. */
  ends(definition: ProjectionDefinition, generation: Generation): Promise<PartitionEnds> {
    return this.#byPartition(definition.table, generation, 'max(position)', 'checkpoints');
  }

  /** Records in quarantine, by partition. */
  quarantined(definition: ProjectionDefinition, generation: Generation): Promise<PartitionEnds> {
    return this.#byPartition(definition.table, generation, 'count(*)', 'quarantine');
  }

  async close(): Promise<void> {
    await this.pool.end();
  }

  async #byPartition(table: string, { number }: Generation, value: string, from: string): Promise<PartitionEnds> {
    try {
      const { rows } = await this.pool.query<{ projection: string; value: string }>(
        `SELECT projection, ${value} AS value FROM ${this.schema}.${from}
          WHERE projection LIKE $1 AND generation = $2 GROUP BY projection`,
        [`${table}/%`, number],
      );
      return new Map(rows.map((row) => [Number(row.projection.slice(table.length + 1)), Number(row.value)]));
    } catch (error) {
      throw asStoreError(error);
    }
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
    await client.query(
      `CREATE VIEW ${this.schema}.${definition.table} AS SELECT * FROM ${quoted(generation, definition.table)}`,
    );
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

/** A condition that holds for the rows up to `ends`. */
const upTo = (definition: ProjectionDefinition, ends: PartitionEnds): string => {
  const isPartitioned = definition.columns.includes('partition');
  const parts = [...ends].map(([partition, position]) =>
    isPartitioned ? `(partition = ${partition} AND position <= ${position})` : `position <= ${position}`,
  );
  return parts.length === 0 ? 'false' : parts.join(' OR ');
};
