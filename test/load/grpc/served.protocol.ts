export type ServedKind = 'validator' | 'grpc-js';

/** What a server says when it is ready. */
export interface ReadyFacts {
  readonly port: number;
  readonly token: string;
  /** A code without limits, and one whose rate is limited. */
  readonly plain: string;
  readonly limited: string;
}

/** What a validator says of its records when it is asked. */
export interface RecordFacts {
  /** Decisions that the log has acknowledged so far, and how many of them were refusals. */
  readonly recorded: number;
  readonly refused: number;
  /** Records that are durable and not acknowledged yet. */
  readonly backlog: number;
}
