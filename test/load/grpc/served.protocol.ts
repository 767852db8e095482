export type ServedKind = 'validator' | 'grpc-js';

/** What a server says when it is ready, and, asked by a line, of its records. */
export type ServedFacts =
  | {
      readonly port: number;
      readonly token: string;
      /** A code without limits, and one whose rate is limited. */
      readonly plain: string;
      readonly limited: string;
    }
  | {
      /** Decisions that the log has acknowledged so far. */
      readonly recorded: number;
      readonly backlog: number;
      readonly rssBytes: number;
    };
