import type { EventLog, Journal, LogHalted, ResumePoint } from '@openclaw/event-log';

/** One kind of log (memory, PostgreSQL, Kafka with one broker, with three) that the contract suite runs on. */
export interface LogTarget {
  /** As printed in the matrix: `memory`, `postgres`, `kafka-1`, `kafka-3`. */
  readonly name: string;
  /** Clauses that cannot hold here, each with its written reason. */
  readonly excluded?: Readonly<Record<number, string>>;
  /** A new empty log (SpiceDB's habit: a fresh store per case). */
  fresh(): Promise<LogUnderTest>;
  /** Stops the store from answering, as SIGSTOP does; the result lets it go on. */
  freeze(): Promise<() => Promise<void>>;
  /** Stops and starts the store on the same data. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export interface LogUnderTest {
  /** Opens the log as one more process would: own connections, own reader. Closed with `dispose`. */
  open(options?: OpenOptions): Promise<EventLog>;
  /** The records themselves, to plant duplicates and junk and to compare bytes. */
  rawJournal(): Promise<Journal>;
  rawCoordination(): Promise<Journal>;
  /** Tries to change or delete history with the rights a service has; names each attempt that was NOT refused. */
  tamper(): Promise<readonly string[]>;
  dispose(): Promise<void>;
}

export interface OpenOptions {
  readonly role?: 'writer' | 'reader';
  /** Wraps the lifecycle journal to inject faults. */
  readonly decorate?: (journal: Journal) => Journal;
  readonly decorateCoordination?: (journal: Journal) => Journal;
  readonly appendTimeoutMs?: number;
  readonly resendAfterMs?: number;
  readonly tailBytesMax?: number;
  readonly lostTailAfterMs?: number;
  /** Opened with it the log keeps no streams. */
  readonly resume?: ResumePoint;
  readonly onHalt?: (reason: LogHalted) => void;
}
