import { DataSource } from 'typeorm';
import { producerRenewal } from '../entities/producer-renewal.entity';
import { trailEntry } from '../entities/trail-entry.entity';
import { usageRecord } from '../entities/usage-record.entity';
import type { ReadModelsOptions } from '../read-models';
import { CONNECT_TIMEOUT_MS, DEFAULT_VIEWS_SCHEMA, STATEMENT_TIMEOUT_MS } from '../read-models.settings';
import { ProducersReader } from './producers-reader';
import { TrailReader } from './trail-reader';
import { UsageGroups } from './usage-groups';
import { UsageReader } from './usage-reader';

/** Reads of the serving generation, through the SQL views. */
export interface Views {
  readonly trail: TrailReader;
  readonly usage: UsageReader;
  readonly usageGroups: UsageGroups;
  readonly producers: ProducersReader;
  /** Resolves when the database answers; rejects with `StoreUnavailable`. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

const CONNECTIONS_MAX = 4;

/** Connects to the views; needs a migrated schema. Rejects when the database does not answer; safe to retry. */
export const openViews = async (options: ReadModelsOptions): Promise<Views> => {
  const schema = options.schema ?? DEFAULT_VIEWS_SCHEMA;
  const statementTimeoutMs = options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS;
  const [trail, usage, renewals] = [trailEntry(schema), usageRecord(schema), producerRenewal(schema)];
  const source = new DataSource({
    type: 'postgres',
    url: options.url,
    schema,
    entities: [trail, usage, renewals],
    synchronize: false,
    logging: false,
    poolSize: CONNECTIONS_MAX,
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    extra: { statement_timeout: statementTimeoutMs, query_timeout: statementTimeoutMs + 1000 },
  });
  await source.initialize();
  const trailReader = new TrailReader(source.getRepository(trail));
  return {
    trail: trailReader,
    usage: new UsageReader(source.getRepository(usage)),
    usageGroups: new UsageGroups(source.manager, schema),
    producers: new ProducersReader(source.manager, schema, source.getRepository(renewals)),
    ping: () => trailReader.ping(),
    close: () => source.destroy(),
  };
};
