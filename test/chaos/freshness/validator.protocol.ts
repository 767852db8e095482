/** What the validator process of an experiment is started with. */
export interface ValidatorOrder {
  readonly brokers: readonly string[];
  readonly lifecycleTopic: string;
  readonly coordinationTopic: string;
  /** L, milliseconds. */
  readonly boundMs: number;
  /** Ten milliseconds each, between the judgement and the second look. */
  readonly workTicks: number;
  readonly mutant?: string | undefined;
}

/** From now on the wall clock is off by this much, and by so many percent of the time that passes. */
export interface WallFault {
  readonly wallOffMs: number;
  readonly driftPercent?: number;
}

export type Asked = { readonly id: number; readonly code: string } | WallFault | { readonly gate: 'shut' | 'open' };

export type Told =
  | { readonly ready: true }
  | { readonly id: number; readonly verdict: 'allow' | 'deny' | 'unavailable'; readonly lookedAtMs: number };
