/** One decision of a validator, or several that it counted together. */
export interface UsageRecord {
  readonly partition: number;
  readonly position: number;
  readonly producer: string;
  readonly sequence: number | null;
  readonly time: Date;
  readonly forMs: number | null;
  readonly count: number;
  readonly codeId: string | null;
  readonly masterKeyId: string | null;
  readonly sourceIp: string | null;
  readonly service: string | null;
  readonly resource: string | null;
  readonly action: string | null;
  readonly endpoint: string | null;
  readonly outcome: string | null;
  readonly reason: string | null;
  readonly httpStatus: number | null;
  readonly latencyUs: number | null;
  readonly validator: string | null;
  readonly decidedAt: string | null;
  readonly revision: number | null;
  readonly freshnessAgeMs: number | null;
  readonly requestId: string | null;
  readonly withheld: number | null;
}

export interface UsageQuery {
  readonly codeId?: string | undefined;
  readonly outcome?: string | undefined;
  readonly reason?: string | undefined;
  readonly sourceIp?: string | undefined;
  readonly service?: string | undefined;
  readonly validator?: string | undefined;
  readonly producer?: string | undefined;
  /** Decided from here on, and before there. */
  readonly from?: Date | undefined;
  readonly until?: Date | undefined;
}

/** Where a page ended: a listing is in order of time, then of place in the log. */
export interface UsagePlace {
  readonly time: Date;
  readonly partition: number;
  readonly position: number;
}

export interface UsageCount {
  readonly outcome: string;
  readonly reason: string | null;
  /** Begin of the hour, UTC. */
  readonly hour: Date;
  readonly count: number;
}

/** Usage as it can be asked for; rejects with `StoreUnavailable` when the database does not answer. */
export interface UsageView {
  list(query: UsageQuery, after: UsagePlace | undefined, limit: number): Promise<readonly UsageRecord[]>;
  /** At most `limit` records of one partition after position `after`, in the order of the log. */
  inPartition(partition: number, after: number, limit: number): Promise<readonly UsageRecord[]>;
  counts(query: UsageQuery): Promise<readonly UsageCount[]>;
}
