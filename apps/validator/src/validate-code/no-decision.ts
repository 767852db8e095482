import type { ErrorCode } from '@openclaw/contracts';
import { ApiError } from '@openclaw/platform';

/** There is no decision: the code must be treated as not allowed. Says when asking again can help. */
export class NoDecision extends ApiError {
  constructor(
    code: ErrorCode,
    override readonly retryAfterMs?: number,
  ) {
    super(code);
  }
}
