import { type EntityManager, In, type Repository } from 'typeorm';
import { PRODUCER_RENEWALS, type ProducerRenewal } from '../entities/producer-renewal.entity';
import { asked } from './trail-reader';

export interface ProducersQuery {
  readonly producer?: string | undefined;
  readonly validator?: string | undefined;
}

/** A producer of usage records: one life of one validator. */
export interface KnownProducer {
  readonly producer: string;
  readonly validator: string;
  /** When it opened, or was heard of first. */
  readonly since: Date;
}

/** What the log holds of one producer in one partition. */
export interface ProducerMarks {
  readonly producer: string;
  readonly partition: number;
  /** Place and time of its opening; null when only its end is there. */
  readonly openedPosition: number | null;
  readonly openedAt: Date | null;
  readonly durability: string | null;
  /** Its records up to this number are there; the record that ends it is not counted. */
  readonly recorded: number;
  /** When the last of them was decided, as far as that is known. */
  readonly lastAt: Date | null;
  readonly closed: { readonly last: number; readonly at: Date } | null;
  readonly lost: { readonly from: Date; readonly to: Date } | null;
}

/**
 * Who has recorded usage, and how far each came. The acceptance rule leaves no hole below the highest number of a
 * stream, so that one look at an index tells what is there. Rejects with `StoreUnavailable` when the database does not
 * answer.
 */
export class ProducersReader {
  constructor(
    private readonly manager: EntityManager,
    private readonly schema: string,
    private readonly renewed: Repository<ProducerRenewal>,
  ) {}

  /** At most `limit` producers in order of time, after `after`. */
  async list(
    { producer, validator }: ProducersQuery,
    after: KnownProducer | undefined,
    limit: number,
  ): Promise<readonly KnownProducer[]> {
    const values: unknown[] = [];
    const bind = (value: unknown): string => `$${values.push(value)}`;
    const one = producer === undefined ? '' : `AND producer = ${bind(producer)}`;
    const having = [
      ...(validator === undefined ? [] : [`max(validator) = ${bind(validator)}`]),
      ...(after === undefined
        ? []
        : [`(min(at), producer ${ORDER}) > (${bind(after.since)}, ${bind(after.producer)})`]),
    ];
    const sql = `SELECT producer, max(validator) AS validator, min(at) AS since FROM (
        SELECT producer, validator, time AS at FROM ${this.schema}.usage
          WHERE outcome IS NULL AND kind = 'producer-opened' ${one}
        UNION ALL SELECT producer, validator, first_heard_at FROM ${this.schema}.${PRODUCER_RENEWALS} WHERE true ${one}
      ) seen GROUP BY producer ${having.length === 0 ? '' : `HAVING ${having.join(' AND ')}`}
      ORDER BY 3, producer ${ORDER} LIMIT ${bind(limit)}`;
    return asked(() => this.manager.query<readonly KnownProducer[]>(sql, values));
  }

  async marks(producers: readonly string[]): Promise<readonly ProducerMarks[]> {
    const sql = MARKS.replaceAll('%usage', `${this.schema}.usage`);
    const rows = await asked(() => this.manager.query<readonly MarksRow[]>(sql, [producers]));
    return rows.map(marksOf);
  }

  renewals(producers: readonly string[]): Promise<readonly ProducerRenewal[]> {
    return asked(() => this.renewed.findBy({ producer: In(producers) }));
  }
}

const ORDER = 'COLLATE "C"';

/** Openings and ends have no outcome: a small index holds them. The rest is two looks at the end of another one. */
const MARKS = `SELECT marked.*, coalesce(highest.sequence, 0) AS recorded, clocked.time AS last_at FROM (
    SELECT producer, partition,
      min(position) FILTER (WHERE kind = 'producer-opened') AS opened_position,
      min(time) FILTER (WHERE kind = 'producer-opened') AS opened_at,
      min(detail ->> 'durability') FILTER (WHERE kind = 'producer-opened') AS durability,
      min((detail ->> 'last')::bigint) FILTER (WHERE kind = 'producer-closed') AS closed_last,
      min(time) FILTER (WHERE kind = 'producer-closed') AS closed_at,
      min((detail ->> 'from')::bigint) FILTER (WHERE kind = 'producer-lost') AS lost_from,
      min((detail ->> 'to')::bigint) FILTER (WHERE kind = 'producer-lost') AS lost_to
    FROM %usage WHERE outcome IS NULL AND producer = ANY($1) GROUP BY producer, partition
  ) marked
  LEFT JOIN LATERAL (SELECT sequence FROM %usage use
    WHERE use.producer = marked.producer AND use.partition = marked.partition
      AND use.kind NOT IN ('producer-closed', 'producer-lost')
    ORDER BY sequence DESC LIMIT 1) highest ON true
  LEFT JOIN LATERAL (SELECT time FROM %usage use
    WHERE use.producer = marked.producer AND use.partition = marked.partition
      AND use.kind IN ('decided', 'refusals', 'producer-opened')
    ORDER BY sequence DESC LIMIT 1) clocked ON true
  ORDER BY marked.producer, marked.partition`;

interface MarksRow {
  readonly producer: string;
  readonly partition: number;
  readonly opened_position: string | null;
  readonly opened_at: Date | null;
  readonly durability: string | null;
  readonly closed_last: string | null;
  readonly closed_at: Date | null;
  readonly lost_from: string | null;
  readonly lost_to: string | null;
  readonly recorded: string;
  readonly last_at: Date | null;
}

const marksOf = (row: MarksRow): ProducerMarks => ({
  producer: row.producer,
  partition: row.partition,
  openedPosition: row.opened_position === null ? null : Number(row.opened_position),
  openedAt: row.opened_at,
  durability: row.durability,
  recorded: Number(row.recorded),
  lastAt: row.last_at,
  closed: row.closed_at === null ? null : { last: Number(row.closed_last), at: row.closed_at },
  lost: row.lost_from === null ? null : { from: new Date(Number(row.lost_from)), to: new Date(Number(row.lost_to)) },
});
