import type { EntityManager } from 'typeorm';
import { asked } from './trail-reader';

export interface GroupsQuery {
  /** At least one, each once; the order of the answer is theirs. */
  readonly by: readonly UsageKey[];
  /** Only decisions that have these; '' = those without one. */
  readonly having: Readonly<Partial<Record<UsageKey, string>>>;
  /** Decisions from here on, and before there. */
  readonly from?: Date | undefined;
  readonly until?: Date | undefined;
}

export interface UsageGroup {
  /** Values of `by`, in its order; '' where a decision has none. */
  readonly key: readonly string[];
  readonly count: number;
  readonly firstAt: Date;
  readonly lastAt: Date;
}

/**
 * Counts decisions by whatever is asked for, and finds codes that nobody used. The owner is the present one of the
 * code, as the trail has it. Rejects with `StoreUnavailable` when the database does not answer.
 */
export class UsageGroups {
  constructor(
    private readonly manager: EntityManager,
    private readonly schema: string,
  ) {}

  /** At most `limit` groups in the order of their keys, after the key `after`. */
  async groups(
    query: GroupsQuery,
    after: readonly string[] | undefined,
    limit: number,
  ): Promise<readonly UsageGroup[]> {
    const values: unknown[] = [];
    const bind = (value: unknown): string => `$${values.push(value)}`;
    const keys = query.by.map((key) => EXPRESSIONS[key]);
    const where = ['use.outcome IS NOT NULL', ...conditionsOf(query, bind)];
    if (after !== undefined) where.push(`(${keys.join(', ')}) > (${after.map(bind).join(', ')})`);
    const named = [...query.by, ...Object.keys(query.having)].includes('owner');
    const owners = named ? `LEFT JOIN (${this.#owners()}) owners ON owners.entity_id = use.code_id` : '';
    const sql = `SELECT ${keys.map((one, i) => `${one} AS k${i}`).join(', ')}, sum(use.count) AS count,
        min(use.time) AS first_at, max(use.time) AS last_at
      FROM ${this.schema}.usage use ${owners} WHERE ${where.join(' AND ')}
      GROUP BY ${keys.join(', ')} ORDER BY ${keys.join(', ')} LIMIT ${bind(limit)}`;
    const rows = await asked(() => this.manager.query<readonly GroupRow[]>(sql, values));
    return rows.map((row) => ({
      key: query.by.map((_, i) => String(row[`k${i}`] ?? '')),
      count: Number(row.count),
      firstAt: row.first_at,
      lastAt: row.last_at,
    }));
  }

  /** At most `limit` living codes after `after` with which no use was ever allowed, in the order of their ids. */
  async unusedCodes(after: string, limit: number): Promise<readonly string[]> {
    const sql = `SELECT issued.entity_id FROM ${this.schema}.trail issued
      WHERE issued.kind = 'pairing-code' AND issued.accepted AND issued.revision = 1 AND issued.entity_id ${ORDER} > $1
        AND NOT EXISTS (SELECT FROM ${this.schema}.trail ended
          WHERE ended.entity_id = issued.entity_id AND ended.kind = issued.kind AND ended.terminal AND ended.accepted)
        AND NOT EXISTS (SELECT FROM ${this.schema}.usage use
          WHERE use.code_id = issued.entity_id AND use.outcome = 'allowed')
      ORDER BY issued.entity_id ${ORDER} LIMIT $2`;
    const rows = await asked(() => this.manager.query<readonly { entity_id: string }[]>(sql, [after, limit]));
    return rows.map(({ entity_id }) => entity_id);
  }

  /** The newest owner that each code was given. */
  #owners(): string {
    return `SELECT DISTINCT ON (entry.entity_id) entry.entity_id, given.owner
      FROM ${this.schema}.trail entry CROSS JOIN LATERAL (
        SELECT entry.data #>> '{settings,owner}' AS owner WHERE entry.data ? 'settings'
        UNION ALL
        SELECT change ->> 'after' FROM jsonb_array_elements(entry.data -> 'changes') change
          WHERE change ->> 'setting' = 'owner'
      ) given
      WHERE entry.kind = 'pairing-code' AND entry.accepted
      ORDER BY entry.entity_id, entry.position DESC`;
  }
}

interface GroupRow {
  readonly [key: `k${number}`]: string | null;
  readonly count: string;
  readonly first_at: Date;
  readonly last_at: Date;
}

/** Byte order, whatever the database's own is: page tokens compare with it. */
const ORDER = 'COLLATE "C"';
const text = (column: string): string => `coalesce(${column}, '') ${ORDER}`;
const begin = (unit: 'hour' | 'day'): string =>
  `to_char(date_trunc('${unit}', use.time, 'UTC') AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') ${ORDER}`;

/** By what decisions can be counted together. */
const EXPRESSIONS = {
  code: text('use.code_id'),
  owner: text('owners.owner'),
  master_key: text('use.master_key_id'),
  service: text('use.service'),
  resource: text('use.resource'),
  action: text('use.action'),
  source_ip: text('use.source_ip'),
  validator: text('use.validator'),
  outcome: text('use.outcome'),
  reason: text('use.reason'),
  hour: begin('hour'),
  day: begin('day'),
} as const;

export type UsageKey = keyof typeof EXPRESSIONS;

const conditionsOf = ({ having, from, until }: GroupsQuery, bind: (value: unknown) => string): readonly string[] => [
  ...Object.entries(EXPRESSIONS).flatMap(([key, expression]) => {
    const value = new Map(Object.entries(having)).get(key);
    return value === undefined ? [] : [`${expression} = ${bind(value)}`];
  }),
  ...(from === undefined ? [] : [`use.time >= ${bind(from)}`]),
  ...(until === undefined ? [] : [`use.time < ${bind(until)}`]),
];
