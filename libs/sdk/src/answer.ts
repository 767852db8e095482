import {
  type ErrorCode, GRPC_DENIAL, type Outgoing, errorForm, fromTimestamp, type validatorV1,
} from '@openclaw/contracts'; // prettier-ignore

/** What a service gets to know about one use of a code. Only `allowed` lets the use go on. */
export type Answer = Allowed | Denied | CannotKnow | YourMistake;

export interface Allowed {
  readonly outcome: 'allowed';
  readonly codeId: string;
  readonly codeRevision: number;
  /** Pass it as `minPosition` to see nothing older. Opaque. */
  readonly position: string;
  /** Nothing acknowledged longer ago than this, in milliseconds, was missing from what the decision was made on. */
  readonly freshnessAgeMs: number;
  /** When the code ends by itself. */
  readonly expiresAt: Date | undefined;
  readonly remaining: Remaining;
}

/** What remains of the limits that the code has; a limit that it does not have is undefined. */
export interface Remaining {
  readonly uses: number | undefined;
  readonly rate: number | undefined;
  readonly rateResetsAt: Date | undefined;
  readonly idleEndsAt: Date | undefined;
}

/** The code is bad, or not for this: tell its holder. Asking again gives the same answer, except after `retryAfterMs`. */
export interface Denied {
  readonly outcome: 'denied';
  readonly reason: Reason;
  readonly position: string;
  readonly freshnessAgeMs: number;
  /** With `rate_limited` and `not_yet_valid`. */
  readonly retryAfterMs: number | undefined;
}

/** As the validator tells it; `invalid_code` to services that may not know whether a code lives. */
export type Reason = keyof typeof GRPC_DENIAL;

/** Nobody knows whether the code is good. Do not let the use go on, and never tell its holder that the code is bad. */
export interface CannotKnow {
  readonly outcome: 'cannot-know';
  /** Stable code of the trouble, for logs: `openclaw.validator.stale`. */
  readonly why: string;
  readonly retryAfterMs: number;
}

/** The call itself is wrong: a service token that nobody knows, a field that is none. Repeating it does not help. */
export interface YourMistake {
  readonly outcome: 'mistake';
  readonly why: string;
  /** For the developer; holds no code and no token. */
  readonly message: string;
}

/** Pause before asking again where the validator names none, milliseconds. */
export const RETRY_AFTER_MS = 1000;

export const cannotKnow = (why: string, retryAfterMs = RETRY_AFTER_MS): CannotKnow => ({
  outcome: 'cannot-know',
  why,
  retryAfterMs,
});

export const yourMistake = (why: string, message: string): YourMistake => ({ outcome: 'mistake', why, message });

/** An error of the validator as an answer: a client's fault is his mistake, everything else is trouble of ours. */
export const answerOfError = (code: ErrorCode, retryAfterMs: number | undefined): CannotKnow | YourMistake => {
  const { http, retriable, publicText } = errorForm(code);
  if (retriable || http >= 500 || http === CANCELLED) return cannotKnow(code, retryAfterMs);
  return yourMistake(code, publicText);
};

/** "Client closed request": nobody is at fault, and nothing is known. */
const CANCELLED = 499;

/** A decision as an answer. */
export const answerOfDecision = (decision: Outgoing<validatorV1.Decision>): Allowed | Denied =>
  decision.allowed === true ? allowedOf(decision) : deniedOf(decision);

/** A refusal for a reason that this build does not know is a refusal all the same. */
const deniedOf = ({ reason, position, freshnessAgeMs, retryAfterMs }: Outgoing<validatorV1.Decision>): Denied => ({
  outcome: 'denied',
  reason: REASONS.get(reason ?? '') ?? 'invalid_code',
  position: position ?? '',
  freshnessAgeMs: freshnessAgeMs ?? 0,
  retryAfterMs: retryAfterMs || undefined,
});

const allowedOf = (decision: Outgoing<validatorV1.Decision>): Allowed => ({
  outcome: 'allowed',
  codeId: decision.codeId ?? '',
  codeRevision: decision.codeRevision ?? 0,
  position: decision.position ?? '',
  freshnessAgeMs: decision.freshnessAgeMs ?? 0,
  expiresAt: dateOf(decision.expiresAt),
  remaining: remainingOf(decision.remaining ?? {}),
});

const isReason = (text: string): text is Reason => Object.hasOwn(GRPC_DENIAL, text);
const REASONS: ReadonlyMap<string, Reason> = new Map(
  Object.entries(GRPC_DENIAL).flatMap(([reason, its]) => (isReason(reason) ? [[its, reason]] : [])),
);

const remainingOf = ({ uses, rate, rateResetsAt, idleEndsAt }: Outgoing<validatorV1.RemainingLimits>): Remaining => ({
  uses,
  rate,
  rateResetsAt: dateOf(rateResetsAt),
  idleEndsAt: dateOf(idleEndsAt),
});

const dateOf = (at: Outgoing<validatorV1.Decision>['expiresAt']): Date | undefined => {
  const ms = at == null ? undefined : fromTimestamp({ seconds: '0', nanos: 0, ...at });
  return ms === undefined ? undefined : new Date(ms);
};
