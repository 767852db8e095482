import { EntitySchema } from 'typeorm';
import { integer } from './column-types';

/** What the renewals of one producer have said last: kept, because the coordination topic forgets after an hour. */
export interface ProducerRenewal {
  readonly producer: string;
  readonly validator: string;
  readonly boundMs: number;
  /** Last number per usage partition: a floor of what it has recorded. */
  readonly lastSequence: readonly number[];
  readonly firstHeardAt: Date;
  readonly heardAt: Date;
}

export const PRODUCER_RENEWALS = 'producer_renewals';
export const PRODUCER_RENEWALS_DDL = `producer text PRIMARY KEY, validator text NOT NULL, bound_ms bigint NOT NULL,
  last_sequence jsonb NOT NULL, first_heard_at timestamptz NOT NULL, heard_at timestamptz NOT NULL`;

export const producerRenewal = (schema: string): EntitySchema<ProducerRenewal> =>
  new EntitySchema<ProducerRenewal>({
    name: 'ProducerRenewal',
    tableName: PRODUCER_RENEWALS,
    schema,
    synchronize: false,
    columns: {
      producer: { type: 'text', primary: true },
      validator: { type: 'text' },
      boundMs: integer('bound_ms'),
      lastSequence: { name: 'last_sequence', type: 'jsonb' },
      firstHeardAt: { name: 'first_heard_at', type: 'timestamptz' },
      heardAt: { name: 'heard_at', type: 'timestamptz' },
    },
  });
