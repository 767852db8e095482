import type { Repository } from 'typeorm';
import type { TrailEntry } from '../entities/trail-entry.entity';
import { asStoreError } from '../store-errors';

export interface TrailQuery {
  /** `pairing-code`...; with `entityId` names one entity. */
  readonly kind?: string | undefined;
  readonly entityId?: string | undefined;
  readonly actor?: string | undefined;
  readonly type?: string | undefined;
  /** Recorded from here on, and before there. */
  readonly from?: Date | undefined;
  readonly until?: Date | undefined;
}

/** Reads the trail in log order. Rejects with `StoreUnavailable` when the database does not answer. */
export class TrailReader {
  constructor(private readonly repository: Repository<TrailEntry>) {}

  /** At most `limit` entries after position `after` (-1 = from the first). */
  async list(query: TrailQuery, after: number, limit: number): Promise<readonly TrailEntry[]> {
    const { kind, entityId, actor, type, from, until } = query;
    const select = this.repository.createQueryBuilder('entry').where('entry.position > :after', { after });
    if (kind !== undefined) select.andWhere('entry.kind = :kind', { kind });
    if (entityId !== undefined) select.andWhere('entry.entityId = :entityId', { entityId });
    if (actor !== undefined) select.andWhere('entry.actor = :actor', { actor });
    if (type !== undefined) select.andWhere('entry.type = :type', { type });
    if (from !== undefined) select.andWhere('entry.recordedAt >= :from', { from });
    if (until !== undefined) select.andWhere('entry.recordedAt < :until', { until });
    return asked(() => select.orderBy('entry.position').limit(limit).getMany());
  }

  async ping(): Promise<void> {
    await asked(() => this.repository.query('SELECT 1'));
  }
}

/** A failed read never tells its statement: it may hold what was asked for. */
export const asked = async <T>(read: () => Promise<T>): Promise<T> => {
  try {
    return await read();
  } catch (error) {
    const cause: unknown = error instanceof Error && 'driverError' in error ? error.driverError : error;
    throw asStoreError(cause);
  }
};
