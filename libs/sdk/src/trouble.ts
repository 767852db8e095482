import { type Metadata, status } from '@grpc/grpc-js';
import { STATUS_DETAILS_KEY, type StatusRead, isErrorCode, readStatusDetails } from '@openclaw/contracts';
import { type CannotKnow, type YourMistake, answerOfError, cannotKnow, yourMistake } from './answer';

/** How a call ended, as grpc-js tells it. */
export interface CallStatus {
  readonly code: number;
  readonly details: string;
  readonly metadata?: Metadata | undefined;
}

/** Statuses that say the call is wrong, from a server or a proxy that does not speak our error codes. */
const MISTAKES: ReadonlyMap<number, string> = new Map([
  [status.UNAUTHENTICATED, 'the service token is not known'],
  [status.PERMISSION_DENIED, 'this service may not do this'],
  [status.INVALID_ARGUMENT, 'the request is not valid'],
  [status.UNIMPLEMENTED, 'this is not the gRPC port of a validator'],
]);

/**
 * A failed call as an answer. No text of the wire is passed on: a proxy may put anything there, and the words of our
 * own codes are known.
 */
export const troubleOf = (ended: CallStatus): CannotKnow | YourMistake => {
  const { code, retryAfterMs } = readError(ended);
  if (code !== undefined) return answerOfError(code, retryAfterMs);
  const why = `grpc.${status[ended.code] ?? ended.code}`;
  const message = MISTAKES.get(ended.code);
  return message === undefined ? cannotKnow(why) : yourMistake(why, message);
};

/** Our own code: from the trailer; without one, because a proxy dropped it, from the text. */
const readError = ({ code, details, metadata }: CallStatus): Partial<StatusRead> => {
  if (code === DEADLINE_EXCEEDED) return { code: 'openclaw.request.deadline-exceeded' };
  const [trailer] = metadata?.get(STATUS_DETAILS_KEY) ?? [];
  const read = trailer instanceof Buffer ? readStatusDetails(trailer) : undefined;
  if (read?.code !== undefined) return read;
  const named = /^openclaw\.[a-z.-]+/.exec(details)?.[0] ?? '';
  return isErrorCode(named) ? { code: named } : {};
};

const DEADLINE_EXCEEDED: number = status.DEADLINE_EXCEEDED;
