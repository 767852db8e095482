import { errorForm } from '@openclaw/contracts';
import { z } from 'zod';
import { ApiError } from './api-error';
import { parseBody } from './parse-body';

/** What the endpoints of RFC 7009 and RFC 7662 read of a request. */
export interface OAuthRequest {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
}

/** `token_type_hint` and whatever else may stand in the form is ignored: there is one kind of token. */
const form = z.object({ token: z.string().min(1).max(4096) });

/**
 * The `token` of a form-encoded body (RFC 7662 section 2.1, RFC 7009 section 2.1); a token in the query is not looked
 * at. Throws an `ApiError` when the body is no form, or has no token or several.
 */
export const tokenForm = ({ headers, body }: OAuthRequest): string => {
  if (/^application\/x-www-form-urlencoded\s*(;|$)/i.test(headers['content-type'] ?? '')) {
    return parseBody(form, body).token;
  }
  const remedy = 'send application/x-www-form-urlencoded';
  throw new ApiError('openclaw.request.invalid', [{ field: 'Content-Type', problem: 'not a form', remedy }]);
};

const RETRY_AFTER_SECONDS = '1';

/** An error answer over HTTP. */
export interface ErrorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object;
}

/** Paths whose errors have OAuth's form. */
export const isOAuthPath = (path: string): boolean => path.startsWith('/oauth/');

/**
 * An error as RFC 6749 section 5.2 writes it. What may succeed when it is repeated is 503 with Retry-After (RFC 7009
 * section 2.2.1): the token is then as good or bad as before.
 */
export const oauthError = (error: ApiError): ErrorAnswer => {
  const { http, retriable } = errorForm(error.code);
  const description = { error_description: descriptionOf(error) };
  if (retriable) {
    const headers = { 'Retry-After': RETRY_AFTER_SECONDS };
    return { status: 503, headers, body: { error: 'temporarily_unavailable', ...description } };
  }
  if (http === 401) {
    const headers = { 'WWW-Authenticate': 'Basic realm="openclaw"' };
    return { status: 401, headers, body: { error: 'invalid_client', ...description } };
  }
  if (http >= 500) return { status: 500, headers: {}, body: { error: 'server_error', ...description } };
  return { status: http === 404 ? 404 : 400, headers: {}, body: { error: 'invalid_request', ...description } };
};

const descriptionOf = ({ detail, faults }: ApiError): string =>
  faults.length === 0
    ? detail
    : faults.map(({ field, problem, remedy }) => `${field}: ${problem}: ${remedy}`).join('; ');
