/** What a caller process is started with. */
export interface CallerOrder {
  /** gRPC address of each validator. */
  readonly validators: readonly string[];
  readonly token: string;
  /** Used in turn. */
  readonly codes: readonly string[];
  /** One use of each validator every so often. */
  readonly everyMs: number;
}

/** One answered use. All times on the one monotonic clock of the host. */
export interface Use {
  /** Index into the order's validators, and into its codes. */
  readonly validator: number;
  readonly code: number;
  readonly requestId: string;
  readonly sentAtMs: number;
  readonly answeredAtMs: number;
  /** `allow`, `deny`, `unavailable`; anything else is what was said: no answer within the deadline, for one. */
  readonly verdict: string;
}
