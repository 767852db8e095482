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

export type Asked =
  { readonly id: number; readonly code: string } | { readonly wallOffMs: number } | { readonly gate: 'shut' | 'open' };

export type Told =
  | { readonly ready: true }
  | { readonly id: number; readonly verdict: 'allow' | 'deny' | 'unavailable'; readonly lookedAtMs: number };
