/** Macros of the .pml file: its bounds, and the rule that is done wrong. */
export type Defines = Readonly<Record<string, number>>;

/** One exhaustive search of one model, as it is or with one rule done wrong. */
export interface Check {
  /** Unique among all checks; the key in the verdict. */
  readonly name: string;
  /** What holds, or what the planted mutant must be seen to break, in one sentence. */
  readonly guarantee: string;
  /**
   * `model`: no assertion may fail, nothing may be truncated, and every statement must have been reached.
   * `mutant`: an assertion must fail. `reach`: the model must be able to get there, or its verdict says nothing.
   */
  readonly kind: 'model' | 'mutant' | 'reach';
  readonly file: 'freshness' | 'receipts' | 'acceptance';
  readonly defines: Defines;
}

export interface Outcome {
  readonly check: Check;
  readonly states: number;
  /** Longest path of the search. */
  readonly depth: number;
  readonly seconds: number;
  readonly verdict: 'holds' | 'caught' | 'missed' | 'violated' | 'reached' | 'not reached' | 'broken';
  readonly pass: boolean;
  /** Why it did not pass, for the one who has to find the cause. */
  readonly reason?: string;
}
