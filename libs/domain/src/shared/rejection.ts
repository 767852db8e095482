/** A business no, as a value: a stable code, the field at fault, what is wrong with it, and what would be right. */
export interface Rejection {
  readonly code: RejectionCode;
  readonly field?: string;
  readonly problem: string;
  readonly remedy: string;
}

export type RejectionCode =
  | 'not-found'
  | 'already-exists'
  | 'already-ended'
  | 'invalid-value'
  | 'would-widen'
  | 'wrong-state'
  | 'command-id-reused';

export const rejection = (code: RejectionCode, problem: string, remedy: string, field?: string): Rejection =>
  field === undefined ? { code, problem, remedy } : { code, field, problem, remedy };
