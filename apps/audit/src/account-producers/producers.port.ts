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

/** What its renewals have said last. */
export interface ProducerRenewal {
  readonly producer: string;
  readonly validator: string;
  readonly boundMs: number;
  /** Last number per usage partition: a floor of what it has recorded. */
  readonly lastSequence: readonly number[];
  readonly firstHeardAt: Date;
  readonly heardAt: Date;
}

export interface ProducersQuery {
  readonly producer?: string | undefined;
  readonly validator?: string | undefined;
}

/** Rejects with `StoreUnavailable` when the database does not answer. */
export interface ProducersView {
  /** At most `limit` producers in order of time, after `after`. */
  list(query: ProducersQuery, after: KnownProducer | undefined, limit: number): Promise<readonly KnownProducer[]>;
  marks(producers: readonly string[]): Promise<readonly ProducerMarks[]>;
  renewals(producers: readonly string[]): Promise<readonly ProducerRenewal[]>;
}

/** Where renewals are kept longer than the coordination topic does. Rejects like the view; safe to retry. */
export interface RenewalStore {
  save(renewals: readonly ProducerRenewal[]): Promise<void>;
}
