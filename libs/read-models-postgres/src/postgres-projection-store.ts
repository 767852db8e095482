import type { ProjectionBatch, ProjectionStore } from '@openclaw/consumers';
import type { Position, RecordedEvent, StreamName } from '@openclaw/event-log';
import type { Pool, PoolClient } from 'pg';
import { copyRows } from './copy-rows';
import { type Generation, quoted } from './generation';
import type { ProjectionDefinition } from './projection-definition';
import { asStoreError } from './store-errors';

const QUARANTINE = ['projection', 'generation', 'position', 'stream', 'kind', 'reason', 'value'];

/** One partition of one generation of one projection table; rows and checkpoint change in one transaction. */
export class PostgresProjectionStore implements ProjectionStore {
  readonly name: string;
  readonly foldVersion: number;

  constructor(
    private readonly pool: Pool,
    private readonly definition: ProjectionDefinition,
    private readonly generation: Generation,
    private readonly partition = 0,
  ) {
    this.name = `${definition.table}/${partition}`;
    this.foldVersion = definition.foldVersion;
  }

  refuses(event: RecordedEvent): string | undefined {
    return this.definition.refuses(event);
  }

  async load(): ReturnType<ProjectionStore['load']> {
    const { schema, number } = this.generation;
    try {
      const saved = await this.pool.query<CheckpointRow>(
        `SELECT log_id, position, chain_hash, fold_version FROM ${schema}.checkpoints WHERE projection = $1 AND generation = $2`,
        [this.name, number],
      );
      const [row] = saved.rows;
      if (row === undefined || row.fold_version !== this.foldVersion) return undefined;
      const held = await this.pool.query<{ stream: string }>(
        `SELECT DISTINCT stream FROM ${schema}.quarantine WHERE projection = $1 AND generation = $2 AND stream IS NOT NULL`,
        [this.name, number],
      );
      return {
        checkpoint: {
          logId: row.log_id,
          position: Number(row.position) as Position,
          chainHash: row.chain_hash,
          foldVersion: row.fold_version,
        },
        quarantined: held.rows.map(({ stream }) => stream as StreamName),
      };
    } catch (error) {
      throw asStoreError(error);
    }
  }

  commit(batch: ProjectionBatch): Promise<void> {
    return inTransaction(this.pool, async (client) => {
      const rows = batch.apply.flatMap((entry) => this.definition.rows(entry, this.partition));
      await copyRows(client, this.#table(), this.definition.columns, rows);
      await copyRows(client, `${this.generation.schema}.quarantine`, QUARANTINE, this.#quarantineRows(batch));
      const { logId, position, chainHash, foldVersion } = batch.checkpoint;
      await client.query(
        `INSERT INTO ${this.generation.schema}.checkpoints (projection, generation, log_id, position, chain_hash, fold_version)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (projection, generation) DO UPDATE SET log_id = $3, position = $4,
         chain_hash = $5, fold_version = $6, saved_at = now()`,
        [this.name, this.generation.number, logId, position, chainHash, foldVersion],
      );
    });
  }

  reset(): Promise<void> {
    const { schema, number } = this.generation;
    return inTransaction(this.pool, async (client) => {
      if (this.definition.columns.includes('partition')) {
        await client.query(`DELETE FROM ${this.#table()} WHERE partition = $1`, [this.partition]);
      } else await client.query(`TRUNCATE ${this.#table()}`);
      for (const table of ['checkpoints', 'quarantine']) {
        await client.query(`DELETE FROM ${schema}.${table} WHERE projection = $1 AND generation = $2`, [this.name, number]);
      }
    });
  }

  #table(): string {
    return quoted(this.generation, this.definition.table);
  }

  #quarantineRows(batch: ProjectionBatch): Parameters<typeof copyRows>[3] {
    return batch.quarantine.map(({ position, stream, kind, reason, value }) => {
      const printable = reason.replaceAll('\u0000', '');
      return [this.name, this.generation.number, position, stream ?? null, kind, printable, value];
    });
  }
}

interface CheckpointRow {
  readonly log_id: string;
  readonly position: string;
  readonly chain_hash: string;
  readonly fold_version: number;
}

/** Commits what `work` does, or nothing. A connection that failed is not given back to the pool. */
export const inTransaction = async (pool: Pool, work: (client: PoolClient) => Promise<void>): Promise<void> => {
  let client: PoolClient;
  try {
    client = await pool.connect();
  } catch (error) {
    throw asStoreError(error);
  }
  try {
    await client.query('BEGIN');
    await work(client);
    await client.query('COMMIT');
    client.release();
  } catch (error) {
    const rolledBack = await client.query('ROLLBACK').then(
      () => true,
      () => false,
    );
    client.release(!rolledBack);
    throw asStoreError(error);
  }
};
