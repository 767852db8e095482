import type { ProjectionStore } from '@openclaw/consumers';

/** Last position of each partition that a generation holds. */
export type PartitionEnds = ReadonlyMap<number, number>;

export interface TableDigest {
  readonly rows: number;
  readonly sha256: string;
}

/** One read model in numbered generations: readers see the serving one, a rebuild fills the next one beside it. */
export interface ProjectionTable {
  readonly name: string;
  serving(): Promise<number>;
  /** Makes the next generation, empty. */
  next(): Promise<number>;
  store(generation: number, partition: number): ProjectionStore;
  /** Moves readers to `generation` and drops the one before, in one transaction. */
  serve(generation: number): Promise<void>;
  ends(generation: number): Promise<PartitionEnds>;
  /** Over the rows up to `ends`: equal digests mean equal rows. */
  digest(generation: number, ends: PartitionEnds): Promise<TableDigest>;
  /** Records in quarantine, by partition. */
  quarantined(generation: number): Promise<PartitionEnds>;
}
