import { type FoldableEntry, ReadModels, trailProjection } from '@openclaw/read-models-postgres';

/** A type that no reader here understands: as an event of next year's version would look. */
export const FROM_THE_FUTURE = 'openclaw.chaos.changed.v9';

/** The product's trail table; what it may fold is what this suite writes, and not what comes from the future. */
export const trail = trailProjection((event) =>
  event.type === FROM_THE_FUTURE ? `${event.type} is not known here` : undefined,
);

export const openTrail = (url: string, schema: string): ReadModels => new ReadModels([trail], { url, schema });

export interface TrailContent {
  /** Position -> event id, of every row. */
  readonly rows: ReadonlyMap<number, string>;
  /** Position -> kind of quarantine. */
  readonly quarantined: ReadonlyMap<number, string>;
  readonly sha256: string;
}

/** What is in a schema's trail now. */
export const readTrail = async (url: string, schema: string): Promise<TrailContent> => {
  const models = openTrail(url, schema);
  try {
    const rows = await models.pool.query<{ position: string; event_id: string }>(
      `SELECT position, event_id FROM ${schema}.trail`,
    );
    const quarantined = await models.pool.query<{ position: string; kind: string }>(
      `SELECT position, kind FROM ${schema}.quarantine`,
    );
    const { sha256 } = await models.digest(trail, await models.serving(trail.table));
    return {
      rows: new Map(rows.rows.map(({ position, event_id }) => [Number(position), event_id])),
      quarantined: new Map(quarantined.rows.map(({ position, kind }) => [Number(position), kind])),
      sha256,
    };
  } finally {
    await models.close();
  }
};

export const makeTrail = async (url: string, schema: string): Promise<void> => {
  const models = openTrail(url, schema);
  await models.migrate();
  await models.close();
};

export type InsertRows = (entries: readonly FoldableEntry[]) => Promise<void>;

/** Rows alone, in a transaction of their own: what a mutant does after it has saved its place. */
export const insertRows = async (models: ReadModels, entries: readonly FoldableEntry[]): Promise<void> => {
  const rows = entries.flatMap((entry) => trail.rows(entry, 0));
  const width = trail.columns.length;
  const places = rows.map((_, i) => `(${trail.columns.map((__, j) => `$${i * width + j + 1}`).join(', ')})`);
  if (rows.length === 0) return;
  const into = `INSERT INTO ${models.schema}.${trail.table} (${trail.columns.join(', ')})`;
  await models.pool.query(`${into} VALUES ${places.join(', ')}`, rows.flat());
};
