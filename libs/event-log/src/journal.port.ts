/**
 * A journal is one topic partition: an append-only sequence of opaque records with contiguous offsets 0, 1, 2...
 * It is the only thing an adapter has to provide. Acceptance, chain hash, read-back, resend and freshness are written
 * once, on top of it, so that they cannot differ between memory, PostgreSQL and Kafka (docs/adr/0002).
 */
export interface Journal {
  /** Topic and partition for people: `openclaw.lifecycle.v1/0`. */
  readonly name: string;

  /**
   * Sends one record and resolves when the store has acknowledged it durably (Kafka: acks=all). The adapter groups
   * concurrent calls into one request, keeps one request in flight, and keeps the order of calls.
   *
   * A rejection means UNKNOWN: the record may be stored, now or later, once or (after a resend) twice. The adapter
   * never resends by itself; sending the same record again is always safe, because readers decide by content.
   * Rejects within a bounded time (`requestTimeoutMs` of the adapter), also when the store hangs.
   */
  append(record: JournalAppend): Promise<void>;

  /**
   * Yields batches of committed records from `from` (inclusive, clamped up to the oldest retained offset), in offset
   * order, for ever: at the end it waits for more. Ends without error when `signal` aborts. A transient outage is
   * waited out; what cannot be repaired by waiting (authorisation, a corrupt batch, the consumer gave up) throws.
   * The adapter does not hide holes or steps back: it hands out what the store hands out, and the caller checks.
   */
  read(from: Offset, signal: AbortSignal): AsyncIterable<readonly JournalRecord[]>;

  /**
   * The store's own word on its bounds: the oldest retained offset and the offset the next record will get. Possibly
   * stale (a deposed leader answers too), so it is good for progress displays and start points, never for freshness.
   */
  bounds(signal: AbortSignal): Promise<JournalBounds>;
}

/** Opens journals of one store (one database, one cluster) and checks their settings. */
export interface JournalStore {
  /** `memory`, `postgres` or `kafka`: for logs and health answers. */
  readonly kind: string;
  /**
   * Creates topics that are missing (where the role may) and asserts the settings of those that exist: partition
   * count, replication, retention, roles. Throws `JournalSettingsRefused` naming every fault at once.
   */
  ensureTopics(topics: readonly TopicSpec[]): Promise<void>;
  /** Opens one partition. Opening the same partition twice gives two independent handles. */
  open(topic: string, partition?: number): Promise<Journal>;
  /** Ends every handle: reads end, appends reject with `JournalClosed`; no timer, socket or child stays. */
  close(): Promise<void>;
}

/** Zero-based place of a record in its journal. Always a safe integer. */
export type Offset = number;

export interface JournalAppend {
  /** Routing key for people and tools (the stream, or the writer); carries no meaning for acceptance. */
  readonly key: string;
  /** The whole record. At most `MAX_RECORD_BYTES`. */
  readonly value: Uint8Array;
}

export interface JournalRecord {
  readonly offset: Offset;
  readonly value: Buffer;
  /** The store's clock at the append (Kafka LogAppendTime, database time), milliseconds since 1970. */
  readonly appendedAtMs: number;
}

export interface JournalBounds {
  /** Oldest retained offset; equals `next` when nothing is retained. */
  readonly oldest: Offset;
  /** Offset that the next record will get. */
  readonly next: Offset;
}

export interface TopicSpec {
  readonly topic: string;
  readonly partitions: number;
  /** `forever`, or milliseconds after which records may go. Never compacted either way. */
  readonly retention: 'forever' | number;
}

/** One C2SP entry bundle holds entries of at most 65,535 bytes, and the transparency log stores values as entries. */
export const MAX_RECORD_BYTES = 65_535;

export class JournalClosed extends Error {
  override readonly name = 'JournalClosed';
}

/** The store is not set up as the log's promises need it; `faults` names each setting, its value and the remedy. */
export class JournalSettingsRefused extends Error {
  override readonly name = 'JournalSettingsRefused';
  constructor(readonly faults: readonly string[]) {
    super(`the log refuses these settings: ${faults.join('; ')}`);
  }
}
