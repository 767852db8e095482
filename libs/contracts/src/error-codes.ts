/**
 * Every error a caller can meet, in one table: a stable code `openclaw.<area>.<specific>`, its HTTP and gRPC status,
 * whether repeating the same call may succeed, and the only text a caller ever sees. Codes are never renamed or given
 * another meaning; `golden/error-codes.json` fails when one is. A refused pairing code is no error: see `denial-reasons.ts`.
 *
 * Retriable means: the same call, unchanged (same idempotency key), after a pause. Details travel apart
 * (problem+json members, google.rpc details) and never hold a code, a hash or a secret.
 */
export interface ErrorForm {
  readonly http: number;
  readonly grpc: GrpcStatus;
  readonly retriable: boolean;
  readonly publicText: string;
}

/** Canonical gRPC status codes (grpc/grpc, doc/statuscodes.md). */
export const GRPC_STATUS = {
  OK: 0,
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  OUT_OF_RANGE: 11,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
  UNAUTHENTICATED: 16,
} as const;

export type GrpcStatus = keyof typeof GRPC_STATUS;

const form = (http: number, grpc: GrpcStatus, publicText: string): ErrorForm => ({
  http,
  grpc,
  publicText,
  retriable: false,
});
const retriable = (http: number, grpc: GrpcStatus, publicText: string): ErrorForm => ({
  http,
  grpc,
  publicText,
  retriable: true,
});

/** What may be refused about each kind of thing, and its gRPC and HTTP status. */
const refusalForms = (thing: string) => ({
  'not-found': form(404, 'NOT_FOUND', `There is no such ${thing}.`),
  'already-exists': form(409, 'ALREADY_EXISTS', `This ${thing} exists already.`),
  'already-ended': form(409, 'FAILED_PRECONDITION', `This ${thing} has ended, for ever.`),
  'wrong-state': form(409, 'FAILED_PRECONDITION', `This ${thing} is not in a state that allows this.`),
  'would-widen': form(422, 'INVALID_ARGUMENT', `This would allow more than the ${thing} may; issue a new one instead.`),
  conflict: retriable(409, 'ABORTED', `Others keep changing this ${thing}; try again.`),
});

type Refusal = keyof ReturnType<typeof refusalForms>;

const refusalsOf = <Noun extends string>(noun: Noun, thing: string) =>
  Object.fromEntries(
    Object.entries(refusalForms(thing)).map(([refusal, its]) => [`openclaw.${noun}.${refusal}`, its]),
  ) as Readonly<Record<`openclaw.${Noun}.${Refusal}`, ErrorForm>>;

export const ERROR_CODES = {
  // The request itself.
  'openclaw.request.invalid': form(400, 'INVALID_ARGUMENT', 'The request is not valid; the details name each field.'),
  'openclaw.request.too-large': form(413, 'INVALID_ARGUMENT', 'The request is larger than this endpoint accepts.'),
  'openclaw.request.route-unknown': form(404, 'UNIMPLEMENTED', 'There is no such operation.'),
  'openclaw.request.page-token-invalid': form(400, 'INVALID_ARGUMENT', 'The page token is not one of this query.'),
  'openclaw.request.position-invalid': form(400, 'INVALID_ARGUMENT', 'The position is not one of this log.'),
  'openclaw.request.etag-missing': form(428, 'FAILED_PRECONDITION', 'Say which version you mean to change (If-Match).'),
  'openclaw.request.etag-mismatch': form(412, 'ABORTED', 'It was changed meanwhile; read it again, then decide.'),
  'openclaw.request.idempotency-key-missing': form(400, 'INVALID_ARGUMENT', 'This operation needs an idempotency key.'),
  'openclaw.request.idempotency-key-reused': form(
    422,
    'ALREADY_EXISTS',
    'This idempotency key belongs to another request.',
  ),
  'openclaw.request.deadline-exceeded': retriable(
    504,
    'DEADLINE_EXCEEDED',
    'The deadline passed before the answer was ready.',
  ),
  'openclaw.request.cancelled': form(499, 'CANCELLED', 'The caller cancelled the request.'),

  // Who calls. Not the pairing code: the service or the operator that presents itself.
  'openclaw.caller.unauthenticated': form(401, 'UNAUTHENTICATED', 'The caller is not authenticated.'),
  'openclaw.caller.forbidden': form(403, 'PERMISSION_DENIED', 'The caller may not do this.'),
  'openclaw.caller.not-subscribed': form(403, 'PERMISSION_DENIED', 'The caller is not subscribed to all of this.'),
  'openclaw.caller.rate-limited': retriable(429, 'RESOURCE_EXHAUSTED', 'The caller sends too many requests.'),

  // What was asked of one thing was refused: no fault of anyone's, the same call is refused again.
  ...refusalsOf('pairing-code', 'pairing code'),
  ...refusalsOf('master-key', 'master key'),
  ...refusalsOf('operator', 'operator'),
  ...refusalsOf('target-service', 'service'),
  ...refusalsOf('subscription', 'subscription'),
  ...refusalsOf('detection-settings', 'set of detection settings'),
  ...refusalsOf('alert', 'alert'),

  // The log and what stands on it.
  'openclaw.log.unavailable': retriable(503, 'UNAVAILABLE', 'The event log cannot be reached; nothing was done.'),
  'openclaw.log.outcome-unknown': retriable(
    504,
    'DEADLINE_EXCEEDED',
    'It is not known yet whether this was done; repeat it with the same idempotency key.',
  ),
  'openclaw.log.halted': form(500, 'DATA_LOSS', 'The event log is not what it was; an operator has to look.'),
  'openclaw.log.event-too-large': form(413, 'INVALID_ARGUMENT', 'What this would record does not fit one event.'),
  'openclaw.secret-store.unavailable': retriable(503, 'UNAVAILABLE', 'The secret store cannot be reached.'),

  // The validator: it refuses when it can no longer know.
  'openclaw.validator.starting': retriable(503, 'UNAVAILABLE', 'The validator is still reading the log.'),
  'openclaw.validator.stale': retriable(503, 'UNAVAILABLE', 'The validator cannot prove that its knowledge is fresh.'),
  'openclaw.validator.position-not-reached': retriable(
    503,
    'UNAVAILABLE',
    'The validator has not read as far as asked.',
  ),
  'openclaw.validator.not-understood': retriable(
    503,
    'UNAVAILABLE',
    'The validator is older than what it has to judge.',
  ),
  'openclaw.validator.contended': retriable(503, 'UNAVAILABLE', 'Too many uses of this pairing code at once.'),
  'openclaw.validator.usage-unrecordable': retriable(
    503,
    'UNAVAILABLE',
    'The use cannot be recorded, so it is not allowed.',
  ),
  'openclaw.validator.shutting-down': retriable(503, 'UNAVAILABLE', 'The validator is shutting down; ask another one.'),

  'openclaw.internal.fault': form(500, 'INTERNAL', 'Something is wrong on our side.'),
} as const satisfies Readonly<Record<`openclaw.${string}.${string}`, ErrorForm>>;

export type ErrorCode = keyof typeof ERROR_CODES;

/** The form of an error; total over `ErrorCode`. */
export const errorForm = (code: ErrorCode): ErrorForm => ERROR_CODES[code];

/** Tells whether a text from the wire is one of our codes; a client treats any other as `openclaw.internal.fault`. */
export const isErrorCode = (text: string): text is ErrorCode => Object.hasOwn(ERROR_CODES, text);

/** The `reason` of google.rpc.ErrorInfo: `openclaw.code.not-found` -> `CODE_NOT_FOUND` (at most 63 characters). */
export const errorInfoReason = (code: ErrorCode): string =>
  code
    .replace(/^openclaw\./, '')
    .replaceAll(/[.-]/g, '_')
    .toUpperCase();
