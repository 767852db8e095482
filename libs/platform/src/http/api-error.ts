import { type CommandTarget, type ErrorCode, errorForm, errorOfRejection } from '@openclaw/contracts';
import type { Rejection } from '@openclaw/domain';

/** What is wrong with one field, and what would be right. */
export interface FieldFault {
  readonly field: string;
  readonly problem: string;
  readonly remedy: string;
}

/** An answer other than success, by its stable code. Its details may be shown to the caller; they hold no secret. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** When asking again can help, where more is known than that it can. */
  readonly retryAfterMs?: number | undefined;
  constructor(
    readonly code: ErrorCode,
    readonly faults: readonly FieldFault[] = [],
    readonly detail: string = errorForm(code).publicText,
  ) {
    super(`${code}: ${detail}`);
  }
}

/** The error of a business no. */
export const rejectionError = (target: CommandTarget, rejection: Rejection): ApiError => {
  const { field, problem, remedy } = rejection;
  const code = errorOfRejection(target, rejection);
  return field === undefined
    ? new ApiError(code, [], `${problem}: ${remedy}`)
    : new ApiError(code, [{ field, problem, remedy }]);
};

/** Errors of the log and the stores that every app meets, by name: the adapters' classes stay unknown here. */
const KNOWN: Readonly<Record<string, ErrorCode>> = {
  OutcomeUnknown: 'openclaw.log.outcome-unknown',
  EventTooLarge: 'openclaw.log.event-too-large',
  EventLogClosed: 'openclaw.log.unavailable',
  LogHalted: 'openclaw.log.halted',
  StreamNotUnderstood: 'openclaw.validator.not-understood',
  SecretStoreUnavailable: 'openclaw.secret-store.unavailable',
  StoreUnavailable: 'openclaw.log.unavailable',
};

/** Any thrown thing as an `ApiError`; what nobody expected is an internal fault and says nothing more. */
export const asApiError = (error: unknown): ApiError => {
  if (error instanceof ApiError) return error;
  const code = error instanceof Error ? KNOWN[error.name] : undefined;
  return new ApiError(code ?? 'openclaw.internal.fault');
};
