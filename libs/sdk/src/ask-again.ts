import { setTimeout as pause } from 'node:timers/promises';
import { type ErrorCode, errorForm, isErrorCode } from '@openclaw/contracts';
import { type Answer, type CannotKnow, cannotKnow } from './answer';

export const DEADLINE_PASSED = 'openclaw.request.deadline-exceeded' satisfies ErrorCode;

const CLOSED = 'sdk.closed';
/** Pause before the second attempt where the validator names none; doubles with each one. Milliseconds. */
const FIRST_PAUSE_MS = 20;
/** The part of a pause that is left to chance, so that clients which lost one validator do not come back as one. */
const JITTER = 0.5;

/**
 * Asks until there is an answer, it is certain that none comes before the deadline, or `attempts` are spent. Repeating is
 * safe, also when an earlier attempt was carried out and only its answer was lost: every attempt carries the same request
 * id, and a use of a code with a budget is taken once for it. A rate limit may count such a use twice.
 */
export const askUntilKnown = async (
  ask: () => Promise<Answer>,
  { attempts, deadlineAtMs }: { readonly attempts: number; readonly deadlineAtMs: number },
): Promise<Answer> => {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await ask();
    if (answer.outcome !== 'cannot-know' || !mayPass(answer) || attempt >= attempts) return answer;
    const pauseMs = Math.max(FIRST_PAUSE_MS * 2 ** (attempt - 1), namedPause(answer)) * (1 + JITTER * Math.random());
    if (performance.now() + pauseMs >= deadlineAtMs) return answer;
    await pause(pauseMs);
  }
};

/** Trouble that another attempt may not meet. Of what is not in our table, such as a lost connection, all may pass. */
const mayPass = ({ why }: CannotKnow): boolean =>
  why !== CLOSED && why !== DEADLINE_PASSED && (!isErrorCode(why) || errorForm(why).retriable);

/** Only our own validator's pause is an order; the default of an answer is advice for whoever asks next. */
const namedPause = ({ why, retryAfterMs }: CannotKnow): number => (isErrorCode(why) ? retryAfterMs : 0);

/** The answer of a client that is closed. */
export const closedAnswer = (): CannotKnow => cannotKnow(CLOSED);
