import { PRODUCER_RENEWALS, type ProducerRenewal } from './entities/producer-renewal.entity';
import type { ReadModels } from './read-models';
import { inTransaction } from './transactions';

/**
 * Keeps what producers' renewals said. No projection: the coordination topic forgets after an hour, so this table
 * outlives a rebuild and cannot be rebuilt itself. It only ever adds doubt: a floor that the usage log has to reach.
 */
export class ProducerRenewals {
  constructor(private readonly models: ReadModels) {}

  /** The newest word of each counts. Rejects with `StoreUnavailable`; safe to retry. */
  save(renewals: readonly ProducerRenewal[]): Promise<void> {
    if (renewals.length === 0) return Promise.resolve();
    return inTransaction(this.models.pool, async (client) => {
      await client.query(
        `INSERT INTO ${this.models.schema}.${PRODUCER_RENEWALS} AS known
           SELECT * FROM jsonb_to_recordset($1::jsonb) AS said(producer text, validator text, bound_ms bigint,
             last_sequence jsonb, first_heard_at timestamptz, heard_at timestamptz)
         ON CONFLICT (producer) DO UPDATE SET last_sequence = excluded.last_sequence, heard_at = excluded.heard_at
           WHERE excluded.heard_at > known.heard_at`,
        [JSON.stringify(renewals.map(rowOf))],
      );
    });
  }
}

const rowOf = (renewal: ProducerRenewal) => ({
  producer: renewal.producer,
  validator: renewal.validator,
  bound_ms: Math.round(renewal.boundMs),
  last_sequence: renewal.lastSequence,
  first_heard_at: renewal.firstHeardAt,
  heard_at: renewal.heardAt,
});
