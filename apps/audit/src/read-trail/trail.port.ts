/** One change on the lifecycle log. */
export interface TrailEntry {
  readonly position: number;
  readonly eventId: string;
  readonly kind: string;
  readonly entityId: string;
  readonly revision: number;
  readonly type: string;
  readonly accepted: boolean;
  readonly terminal: boolean;
  readonly occurredAt: Date;
  readonly recordedAt: Date;
  readonly actor: string | null;
  readonly authMethod: string | null;
  readonly sourceIp: string | null;
  readonly reason: string | null;
  readonly commandId: string | null;
  readonly correlationId: string | null;
  readonly traceparent: string | null;
  readonly source: string;
  readonly data: unknown;
}

export interface TrailQuery {
  readonly kind?: string | undefined;
  readonly entityId?: string | undefined;
  readonly actor?: string | undefined;
  readonly type?: string | undefined;
  /** Recorded from here on, and before there. */
  readonly from?: Date | undefined;
  readonly until?: Date | undefined;
}

/** The trail as it can be asked for; rejects with `StoreUnavailable` when the database does not answer. */
export interface TrailView {
  /** At most `limit` entries after position `after`, in log order. */
  list(query: TrailQuery, after: number, limit: number): Promise<readonly TrailEntry[]>;
}
