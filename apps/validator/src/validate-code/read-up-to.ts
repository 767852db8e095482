import { decodePosition } from '@openclaw/contracts';
import { positionAt } from '@openclaw/event-log';
import type { LeaseKeeper } from '@openclaw/freshness';
import { ApiError } from '@openclaw/platform';
import type { CodeIndex } from '../code-index/code-index';
import { NoDecision } from './no-decision';

const WAIT_MAX_MS = 1000;

/**
 * Waits, at most a second, until the log is read as far as a caller's `min_position`; undefined when there is nothing
 * to wait for. Throws or rejects with `ApiError`: not a position of this log, or not reached in time.
 */
export const readUpTo = (
  { index, keeper }: { readonly index: CodeIndex; readonly keeper: LeaseKeeper },
  minPosition: string,
): Promise<void> | undefined => {
  if (minPosition === '') return undefined;
  const asked = decodePosition(minPosition);
  const { logId, position } = index.applied();
  if (asked?.logId !== logId) throw new ApiError('openclaw.request.position-invalid');
  if (position >= asked.offset) return undefined;
  return index.reached(positionAt(asked.offset), AbortSignal.timeout(WAIT_MAX_MS)).catch(() => {
    throw new NoDecision('openclaw.validator.position-not-reached', keeper.retryAfterMs);
  });
};
