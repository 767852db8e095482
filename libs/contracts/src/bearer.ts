import type { DenialReason as GrpcDenialReason } from './grpc/validator-v1.generated';

/** What an `Authorization` header says: a code, nothing that we take, or something that is not well formed. */
export type Credentials =
  { readonly kind: 'code'; readonly code: string } | { readonly kind: 'none' } | { readonly kind: 'malformed' };

/**
 * Reads an `Authorization` header (RFC 6750 section 2.1). Another scheme is no credentials of ours; several tokens, or
 * none behind `Bearer`, are a malformed request. Whether the token is a code is the validator's to say.
 */
export const bearerCredentials = (header: string | undefined): Credentials => {
  if (header === undefined || !/^Bearer(?: |$)/i.test(header)) return { kind: 'none' };
  const code = /^Bearer ([A-Za-z0-9._~+/-]{1,1024}=*)$/i.exec(header)?.[1];
  return code === undefined ? { kind: 'malformed' } : { kind: 'code', code };
};

/** What the holder of a code is told by a front door that refuses a request; nothing in it tells whether a code lives. */
export interface BearerRefusal {
  readonly status: 400 | 401 | 403 | 429 | 503;
  /** Undefined where RFC 6750 has no word: no credentials, too many requests, trouble of ours. */
  readonly error?: 'invalid_request' | 'invalid_token' | 'insufficient_scope';
  /** For people. */
  readonly description: string;
  readonly retryAfterSeconds?: number;
}

const INVALID_TOKEN: BearerRefusal = {
  status: 401,
  error: 'invalid_token',
  description: 'the code is not valid, or no longer',
};

/** No `Authorization` header, or one of another scheme: the bare challenge. */
export const NO_CREDENTIALS: BearerRefusal = { status: 401, description: 'send a pairing code' };

export const MALFORMED_REQUEST: BearerRefusal = {
  status: 400,
  error: 'invalid_request',
  description: 'not a well-formed pairing code',
};

/** Nobody knows whether the code is good: the client keeps it and tries again. Never told as a bad code. */
export const cannotKnow = (retryAfterMs: number): BearerRefusal => ({
  status: 503,
  description: 'the code cannot be checked now; keep it and try again',
  retryAfterSeconds: seconds(retryAfterMs),
});

/** The answer to the holder of a code that was refused for this reason (RFC 6750 section 3.1). */
export const bearerRefusal = (reason: GrpcDenialReason, retryAfterMs: number): BearerRefusal => {
  switch (reason) {
    case 'DENIAL_REASON_MALFORMED':
      return MALFORMED_REQUEST;
    case 'DENIAL_REASON_IP_DENIED':
    case 'DENIAL_REASON_SCOPE_DENIED':
      return { status: 403, error: 'insufficient_scope', description: 'the code is not for this' };
    case 'DENIAL_REASON_ALREADY_USED':
      return { status: 403, error: 'insufficient_scope', description: 'the code has no use left' };
    case 'DENIAL_REASON_RATE_LIMITED':
      return { status: 429, description: 'too many requests', retryAfterSeconds: seconds(retryAfterMs) };
    default:
      return INVALID_TOKEN;
  }
};

/** Retry-After is in whole seconds, and 0 would be now. */
const seconds = (ms: number): number => Math.max(1, Math.ceil(ms / 1000));

export interface Challenge {
  readonly realm: string;
  /** What was needed, for `insufficient_scope`. */
  readonly scope?: string | undefined;
  /** Address of the metadata of the resource (RFC 9728 section 5.1). */
  readonly resourceMetadata?: string | undefined;
}

/** The headers of a refusal: `WWW-Authenticate` on 400, 401 and 403, `Retry-After` on 429 and 503, never cached. */
export const refusalHeaders = (refusal: BearerRefusal, challenge: Challenge): Readonly<Record<string, string>> => {
  const { status, retryAfterSeconds } = refusal;
  return {
    'cache-control': 'no-store',
    'content-type': 'application/json',
    ...(status === 429 || status === 503 ? {} : { 'www-authenticate': challengeText(refusal, challenge) }),
    ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
  };
};

/** The body of a refusal, JSON. */
export const refusalBody = ({ error, description }: BearerRefusal): string =>
  JSON.stringify(error === undefined ? { error_description: description } : { error, error_description: description });

const challengeText = ({ error, description }: BearerRefusal, challenge: Challenge): string => {
  const { realm, scope, resourceMetadata } = challenge;
  const members = [
    ['realm', realm],
    ['error', error],
    ['error_description', error === undefined ? undefined : description],
    ['scope', error === 'insufficient_scope' ? scope : undefined],
    ['resource_metadata', resourceMetadata],
  ] as const;
  const known = members.flatMap(([name, text]) => (text === undefined ? [] : [`${name}="${quotable(text)}"`]));
  return `Bearer ${known.join(', ')}`;
};

/** What may stand between quotes as it is (RFC 9110 section 5.6.4), and no header may hold. */
const quotable = (text: string): string => text.replace(/[^\x20\x21\x23-\x5b\x5d-\x7e]/g, '?');
