import type { Repository, SelectQueryBuilder } from 'typeorm';
import type { UsageRecord } from '../entities/usage-record.entity';
import { asked } from './trail-reader';

export interface UsageQuery {
  readonly codeId?: string | undefined;
  readonly outcome?: string | undefined;
  readonly reason?: string | undefined;
  readonly sourceIp?: string | undefined;
  readonly service?: string | undefined;
  readonly validator?: string | undefined;
  readonly producer?: string | undefined;
  /** Decided from here on, and before there. */
  readonly from?: Date | undefined;
  readonly until?: Date | undefined;
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

const EQUAL = ['codeId', 'outcome', 'reason', 'sourceIp', 'service', 'validator', 'producer'] as const;

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

  #decisions({ from, until, ...query }: UsageQuery): SelectQueryBuilder<UsageRecord> {
    const select = this.repository.createQueryBuilder('use').where('use.outcome IS NOT NULL');
    for (const name of EQUAL) {
      if (query[name] !== undefined) select.andWhere(`use.${name} = :${name}`, { [name]: query[name] });
    }
    if (from !== undefined) select.andWhere('use.time >= :from', { from });
    if (until !== undefined) select.andWhere('use.time < :until', { until });
    return select;
  }
}
