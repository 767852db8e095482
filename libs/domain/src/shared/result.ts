/** A value or a business no. Exceptions are for faults of ours only. */
export type Result<Value, No> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly rejection: No };

export const ok = <Value>(value: Value): Result<Value, never> => ({ ok: true, value });
export const no = <No>(rejection: No): Result<never, No> => ({ ok: false, rejection });
