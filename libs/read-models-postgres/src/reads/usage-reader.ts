import type { Repository, SelectQueryBuilder } from 'typeorm';
import type { UsageRecord } from '../entities/usage-record.entity';
import { asked } from './trail-reader';

export interface UsageQuery {
  readonly codeId?: string | undefined;
  readonly outcome?: string | undefined;
  readonly reason?: string | undefined;
  readonly sourceIp?: string | undefined;
}

/** Where a page ended: the order of a listing is time, then place in the log. */
export interface UsagePlace {
  readonly time: Date;
  readonly partition: number;
  readonly position: number;
}

export interface UsageCount {
  readonly outcome: string;
  readonly reason: string | null;
  /** Begin of the hour, UTC. */
  readonly hour: Date;
  readonly count: number;
}

/** Reads decisions in order of time. Rejects with `StoreUnavailable` when the database does not answer. */
export class UsageReader {
  constructor(private readonly repository: Repository<UsageRecord>) {}

  /** At most `limit` records after `after`. */
  async list(query: UsageQuery, after: UsagePlace | undefined, limit: number): Promise<readonly UsageRecord[]> {
    const select = this.#decisions(query);
    if (after !== undefined) {
      select.andWhere('(use.time, use.partition, use.position) > (:time::timestamptz, :partition, :position)', {
        ...after,
      });
    }
    select.orderBy('use.time').addOrderBy('use.partition').addOrderBy('use.position');
    return asked(() => select.limit(limit).getMany());
  }

  /** At most `limit` records of one partition after position `after`, in the order of the log. */
  async inPartition(partition: number, after: number, limit: number): Promise<readonly UsageRecord[]> {
    const select = this.#decisions({})
      .andWhere('use.partition = :partition AND use.position > :after', { partition, after })
      .orderBy('use.position');
    return asked(() => select.limit(limit).getMany());
  }

  /** Decisions by outcome, reason and hour. */
  async counts(query: UsageQuery): Promise<readonly UsageCount[]> {
    const select = this.#decisions(query)
      .select('use.outcome', 'outcome')
      .addSelect('use.reason', 'reason')
      .addSelect(`date_trunc('hour', use.time, 'UTC')`, 'hour')
      .addSelect('sum(use.count)', 'count')
      .groupBy('1, 2, 3')
      .orderBy('3, 1, 2');
    const rows = await asked(() => select.getRawMany<Omit<UsageCount, 'count'> & { count: string }>());
    return rows.map((row) => ({ ...row, count: Number(row.count) }));
  }

  #decisions({ codeId, outcome, reason, sourceIp }: UsageQuery): SelectQueryBuilder<UsageRecord> {
    const select = this.repository.createQueryBuilder('use').where('use.outcome IS NOT NULL');
    if (codeId !== undefined) select.andWhere('use.codeId = :codeId', { codeId });
    if (outcome !== undefined) select.andWhere('use.outcome = :outcome', { outcome });
    if (reason !== undefined) select.andWhere('use.reason = :reason', { reason });
    if (sourceIp !== undefined) select.andWhere('use.sourceIp = :sourceIp', { sourceIp });
    return select;
  }
}
