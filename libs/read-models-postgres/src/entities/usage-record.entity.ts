import { EntitySchema } from 'typeorm';
import { integer } from './column-types';

/** One row of the view `usage`. */
export interface UsageRecord {
  readonly partition: number;
  readonly position: number;
  readonly kind: 'decided' | 'refusals' | 'withheld' | 'producer-opened' | 'producer-closed' | 'producer-lost';
  readonly producer: string;
  readonly sequence: number | null;
  readonly time: Date;
  /** Length of what was counted together, in milliseconds. */
  readonly forMs: number | null;
  /** How many decisions this row stands for. */
  readonly count: number;
  readonly codeId: string | null;
  readonly masterKeyId: string | null;
  readonly sourceIp: string | null;
  readonly service: string | null;
  readonly resource: string | null;
  readonly action: string | null;
  readonly endpoint: string | null;
  /** Null for what is no decision: openings and ends of producers. */
  readonly outcome: 'allowed' | 'denied' | 'withheld' | null;
  readonly reason: string | null;
  readonly httpStatus: number | null;
  readonly latencyUs: number | null;
  readonly validator: string | null;
  /** Position of the lifecycle log that it was decided at. */
  readonly decidedAt: string | null;
  readonly revision: number | null;
  readonly freshnessAgeMs: number | null;
  readonly requestId: string | null;
  /** Sequence of the decision whose answer was withheld. */
  readonly withheld: number | null;
  readonly detail: unknown;
}

export const usageRecord = (schema: string): EntitySchema<UsageRecord> =>
  new EntitySchema<UsageRecord>({
    name: 'UsageRecord',
    tableName: 'usage',
    schema,
    synchronize: false,
    columns: {
      partition: { type: 'integer', primary: true },
      position: { ...integer('position'), primary: true },
      kind: { type: 'text' },
      producer: { type: 'text' },
      sequence: integer('sequence'),
      time: { type: 'timestamptz' },
      forMs: integer('for_ms'),
      count: integer('count'),
      codeId: { name: 'code_id', type: 'text', nullable: true },
      masterKeyId: { name: 'master_key_id', type: 'text', nullable: true },
      sourceIp: { name: 'source_ip', type: 'text', nullable: true },
      service: { type: 'text', nullable: true },
      resource: { type: 'text', nullable: true },
      action: { type: 'text', nullable: true },
      endpoint: { type: 'text', nullable: true },
      outcome: { type: 'text', nullable: true },
      reason: { type: 'text', nullable: true },
      httpStatus: { name: 'http_status', type: 'integer', nullable: true },
      latencyUs: integer('latency_us'),
      validator: { type: 'text', nullable: true },
      decidedAt: { name: 'decided_at', type: 'text', nullable: true },
      revision: integer('revision'),
      freshnessAgeMs: integer('freshness_age_ms'),
      requestId: { name: 'request_id', type: 'text', nullable: true },
      withheld: integer('withheld'),
      detail: { type: 'jsonb', nullable: true },
    },
  });
