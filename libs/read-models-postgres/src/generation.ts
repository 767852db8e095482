/**
 * A generation is one complete set of projection tables. Readers see the serving one through views; a rebuild fills
 * the next one beside it and then moves the views, so the old answers serve until the new ones are whole.
 */
export interface Generation {
  readonly schema: string;
  readonly number: number;
}

export const quoted = (generation: Generation, table: string): string =>
  `${generation.schema}.${table}_g${generation.number}`;

/** Last position of each partition that a generation holds. */
export type PartitionEnds = ReadonlyMap<number, number>;

export interface Digest {
  readonly rows: number;
  readonly sha256: string;
}
