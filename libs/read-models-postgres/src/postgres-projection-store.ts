import { type ProjectionBatch, type ProjectionStore, StoreUnavailable } from '@openclaw/consumers';
import { positionAt, type RecordedEvent } from '@openclaw/event-log';
import type { Pool, PoolClient } from 'pg';
import { copyRows } from './copy-rows';
import { type Generation, quoted } from './generation';
import type { ProjectionDefinition } from './projection-definition';
import { asStoreError } from './store-errors';
import { asText, fromText } from './stream-text';
import { inTransaction } from './transactions';

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
      if (row === undefined) return undefined;
      if (row.fold_version !== this.foldVersion) {
        await this.reset(); // rows of another fold would mix with ours
        return undefined;
      }
      const held = await this.pool.query<{ stream: string }>(
        `SELECT DISTINCT stream FROM ${schema}.quarantine WHERE projection = $1 AND generation = $2 AND stream IS NOT NULL`,
        [this.name, number],
      );
      return {
        checkpoint: {
          logId: row.log_id,
          position: positionAt(Number(row.position)),
          chainHash: row.chain_hash,
          foldVersion: row.fold_version,
        },
        quarantined: held.rows.map(({ stream }) => fromText(stream)),
      };
    } catch (error) {
      throw asStoreError(error);
    }
  }

  /**
   * Writes only what is after the saved place. So a commit that is repeated because its answer was lost, and a second
   * process on the same tables, add nothing twice.
   */
  commit(batch: ProjectionBatch): Promise<void> {
    return inTransaction(this.pool, async (client) => {
      const saved = await this.#savedPlace(client, batch);
      if (saved >= batch.checkpoint.position) return;
      const isNew = ({ position }: { readonly position: number }): boolean => position > saved;
      const rows = batch.apply.filter(isNew).flatMap((entry) => this.definition.rows(entry, this.partition));
      await copyRows(client, this.#table(), this.definition.columns, rows);
      const held = this.#quarantineRows(batch.quarantine.filter(isNew));
      await copyRows(client, `${this.generation.schema}.quarantine`, QUARANTINE, held);
      const { position, chainHash } = batch.checkpoint;
      await client.query(
        `UPDATE ${this.generation.schema}.checkpoints SET position = $3, chain_hash = $4, saved_at = now()
          WHERE projection = $1 AND generation = $2`,
        [this.name, this.generation.number, position, chainHash],
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
        await client.query(`DELETE FROM ${schema}.${table} WHERE projection = $1 AND generation = $2`, [
          this.name,
          number,
        ]);
      }
    });
  }

  #table(): string {
    return quoted(this.generation, this.definition.table);
  }

  /** Locks the checkpoint (made when it is the first) and tells where it stands; -1 before the first record. */
  async #savedPlace(client: PoolClient, { checkpoint }: ProjectionBatch): Promise<number> {
    const { rows } = await client.query<Pick<CheckpointRow, 'log_id' | 'position'>>(
      `INSERT INTO ${this.generation.schema}.checkpoints AS c
         (projection, generation, log_id, position, chain_hash, fold_version) VALUES ($1, $2, $3, -1, '', $4)
       ON CONFLICT (projection, generation) DO UPDATE SET saved_at = c.saved_at RETURNING log_id, position`,
      [this.name, this.generation.number, checkpoint.logId, checkpoint.foldVersion],
    );
    const [row] = rows;
    if (row !== undefined && row.log_id !== checkpoint.logId) {
      throw new StoreUnavailable(`${this.name}: another process fills it from log ${row.log_id}: stop one of the two`);
    }
    return Number(row?.position ?? -1);
  }

  #quarantineRows(quarantine: ProjectionBatch['quarantine']): Parameters<typeof copyRows>[3] {
    return quarantine.map(({ position, stream, kind, reason, value }) => {
      const printable = reason.replaceAll('\u0000', '');
      const name = stream === undefined ? null : asText(stream);
      return [this.name, this.generation.number, position, name, kind, printable, value];
    });
  }
}

interface CheckpointRow {
  readonly log_id: string;
  readonly position: string;
  readonly chain_hash: string;
  readonly fold_version: number;
}
