/**
 * A position as callers see it (`position`, `min_position`, ETags): opaque to them, and bound to one log, so that a
 * position of another log, or of this log before it was restored from elsewhere, is refused and not compared.
 */
export interface LogPosition {
  readonly logId: string;
  /** Offset on the lifecycle log; -1 = before the first record. */
  readonly offset: number;
}

/** `p1.<offset in base 36, one-based>.<log id>`. The version in front leaves room for another form. */
export const encodePosition = ({ logId, offset }: LogPosition): string => `p1.${(offset + 1).toString(36)}.${logId}`;

/** Reads a caller's position; undefined when it is none (answer the caller with INVALID_ARGUMENT). */
export const decodePosition = (text: string): LogPosition | undefined => {
  const [, oneBased, logId] = TOKEN.exec(text) ?? [];
  if (oneBased === undefined || logId === undefined) return undefined;
  const offset = Number.parseInt(oneBased, 36) - 1;
  return Number.isSafeInteger(offset) ? { logId, offset } : undefined;
};

const TOKEN = /^p1\.(0|[1-9a-z][0-9a-z]{0,10})\.([0-9A-Za-z_-]{1,128})$/;
