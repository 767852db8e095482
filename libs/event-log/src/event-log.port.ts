import type { Offset } from './journal.port';

/**
 * The immutable log of events, as the application needs it: append one event, read a stream, follow everything.
 * One implementation (`event-log.ts`) over any `Journal`; one contract suite (`testing/event-log.contract.ts`).
 */
export interface EventLog {
  /** Identity of the history: the id in the first record. Two logs with different ids share no position. */
  readonly logId: string;

  /**
   * Appends one event and answers when it was read back as accepted AND its head was committed: from then on every
   * fresh reader knows of it. `conflict` = another event holds that revision (or the stream is closed, or, for a
   * terminal event, does not exist): nothing was written and nothing ever will be; load the stream and decide again.
   * Rejects: `OutcomeUnknown` (retry the whole command with the same idempotency key; this process goes on settling
   * the record in the background and admits no other append on the stream meanwhile), `EventTooLarge`, `LogHalted`,
   * `EventLogClosed`.
   */
  append(stream: StreamName, claim: Claim, event: NewEvent): Promise<AppendResult>;

  /**
   * Waits until everything this process has read, up to `position`, is covered by a committed head. A command that
   * changes nothing ("already revoked") awaits this before it confirms, because the event may be another writer's.
   */
  confirm(position: Position): Promise<void>;

  /** The accepted events of one stream, in revision order, as far as this process has read. Needs `keepStreams`. */
  readStream(stream: StreamName, from?: Revision): AsyncIterable<RecordedEvent>;

  /**
   * Everything after `after` (the head of a batch that was handled), in log order, in batches, for ever; each record
   * with its verdict. Halts when the log no longer holds `after` as it was. `caughtUp` is true on
   * the first batch (possibly empty) that reaches the end as it was known when the call began, and on later batches
   * whenever nothing more is waiting. Ends when `signal` aborts; throws `LogHalted` or `EventLogClosed`.
   */
  follow(after: FollowStart, signal: AbortSignal): AsyncIterable<FollowBatch>;

  /**
   * A position such that everything acknowledged before this call, by anybody, is at or before it, and this process
   * has read that far. Proven by a write that is read back, never by a fetch. Rejects when `signal` aborts.
   */
  barrier(signal: AbortSignal): Promise<Position>;

  /** How far this process has read: position and chain hash of the last record. */
  head(): LogHead;

  /** Answers within `withinMs`, also when the store hangs. */
  readiness(withinMs: number): Promise<Readiness>;

  /** Rejects or settles everything pending with `EventLogClosed` and leaves no timer or handle behind. */
  close(): Promise<void>;
}

/** `pairing-code/<id>`: kind, slash, id. */
export type StreamName = string & { readonly __brand: 'StreamName' };
/** 1 for the first event of a stream. Never a hole. */
export type Revision = number;
/** Place in the whole log; opaque outside this library and the adapters: compare only with `isAtOrAfter`. */
export type Position = Offset & { readonly __brand: 'Position' };
/** The revision this event wants to be, or `terminal`: accepted at whatever revision, once, and closes the stream. */
export type Claim = Revision | 'terminal';

export interface NewEvent {
  /** Unique for ever; a retry of the same record keeps it. */
  readonly id: string;
  /** `openclaw.pairing-code.revoked.v1`. */
  readonly type: string;
  /** RFC 3339, UTC: when the command was decided. */
  readonly time: string;
  /** CloudEvents `source`: which service instance wrote it. */
  readonly source: string;
  readonly data: unknown;
  readonly metadata?: EventMetadata;
}

/** Who, how, from where and why: CloudEvents extension attributes (lower case, at most 20 characters, strings). */
export type EventMetadata = Readonly<Record<string, string>>;

export type AppendResult =
  | { readonly outcome: 'appended'; readonly position: Position; readonly revision: Revision }
  | { readonly outcome: 'conflict'; readonly currentRevision: Revision; readonly closed: boolean };

export interface RecordedEvent {
  readonly position: Position;
  readonly stream: StreamName;
  readonly revision: Revision;
  readonly terminal: boolean;
  readonly id: string;
  readonly type: string;
  readonly time: string;
  readonly source: string;
  readonly appendedAtMs: number;
  readonly data: unknown;
  readonly metadata: EventMetadata;
}

export type LogEntry =
  /** Accepted: fold it. */
  | { readonly kind: 'event'; readonly position: Position; readonly event: RecordedEvent; readonly value: Buffer }
  /** Lost the race for its revision: kept, hashed, visible to auditors, ignored by folds. */
  | { readonly kind: 'superseded'; readonly position: Position; readonly event: RecordedEvent; readonly value: Buffer }
  /** The outer form cannot be parsed: never accepted; `reason` says why. Consumers copy it to the dead-letter topic. */
  | { readonly kind: 'unparsable'; readonly position: Position; readonly reason: string; readonly value: Buffer };

export interface FollowBatch {
  readonly entries: readonly LogEntry[];
  /** Position and chain hash after the last entry: what a consumer checkpoint stores. */
  readonly head: LogHead;
  readonly caughtUp: boolean;
}

/** Where to go on: the head saved with the last handled batch. Its chain hash proves that the history is the same. */
export type FollowStart = Pick<LogHead, 'position' | 'chainHash'> | 'beginning';

export interface LogHead {
  readonly logId: string;
  /** -1 before the first record. */
  readonly position: Position;
  /** h(n) = SHA-256(h(n-1) || value), lower-case hex; h(-1) = 32 zero bytes. */
  readonly chainHash: string;
}

/** `end`: the last position that the store says it holds; absent when it did not answer. */
export type Readiness =
  | { readonly ready: true; readonly position: Position; readonly end: Position }
  | { readonly ready: false; readonly reason: string; readonly end?: Position };

export class EventLogClosed extends Error {
  override readonly name = 'EventLogClosed';
}

/** The history is not what it was (hole, step back, other log, other chain hash). End the process loudly; never retry. */
export class LogHalted extends Error {
  override readonly name = 'LogHalted';
}

/** The log did not tell in time whether the event counts. Retry the command with the same idempotency key. */
export class OutcomeUnknown extends Error {
  override readonly name = 'OutcomeUnknown';
  readonly retriable = true;
}

/** The event does not fit one record; make it smaller. Nothing was sent. */
export class EventTooLarge extends Error {
  override readonly name = 'EventTooLarge';
}
