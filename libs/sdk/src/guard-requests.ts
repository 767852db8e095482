import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  type BearerRefusal, type Challenge, GRPC_DENIAL, MALFORMED_REQUEST, NO_CREDENTIALS, bearerCredentials, bearerRefusal,
  cannotKnow, refusalBody, refusalHeaders,
} from '@openclaw/contracts'; // prettier-ignore
import { type Allowed, type CannotKnow, RETRY_AFTER_MS, type YourMistake } from './answer';
import type { CodeValidator } from './code-use';

export interface GuardOptions {
  /** Names what is protected, in the challenge of RFC 6750. */
  readonly realm: string;
  /** `service:resource:action` that a request needs; undefined = anybody may send it. */
  readonly requires: (request: IncomingMessage) => string | undefined;
  /** Address of the client, behind the proxies that you trust. Default: that of the connection. */
  readonly sourceIp?: (request: IncomingMessage) => string;
  /** Address of the metadata of the service (RFC 9728), for the challenge. */
  readonly resourceMetadata?: string;
  /** Told what clients are not: trouble that made them wait, and mistakes of this very service. Holds no secret. */
  readonly onTrouble?: (answer: CannotKnow | YourMistake) => void;
}

type Next = (error?: unknown) => void;

const granted = new WeakMap<IncomingMessage, Allowed>();

/** What is known of the code of a request that was let through; undefined for a request that needed none. */
export const grantOf = (request: IncomingMessage): Allowed | undefined => granted.get(request);

/**
 * Middleware for Express, Connect and their like. Lets a request through (`next`) when its code allows it, and takes the
 * code off it; otherwise answers: 400, 401 and 403 with the challenge of RFC 6750, 429 and 503 with Retry-After. Trouble
 * of the validator is 503, never a bad code.
 */
export const guardRequests =
  (validator: CodeValidator, options: GuardOptions) =>
  (request: IncomingMessage, response: ServerResponse, next: Next): void => {
    const scope = options.requires(request);
    if (scope === undefined) return next();
    judge(validator, options, request, scope).then((verdict) => {
      if ('status' in verdict) return refuse(response, verdict, { ...challengeOf(options), scope });
      granted.set(request, verdict);
      delete request.headers.authorization;
      next();
    }, next);
  };

const judge = async (
  validator: CodeValidator,
  { sourceIp = addressOf, onTrouble }: GuardOptions,
  request: IncomingMessage,
  scope: string,
): Promise<Allowed | BearerRefusal> => {
  const credentials = bearerCredentials(request.headers.authorization);
  if (credentials.kind === 'none') return NO_CREDENTIALS;
  if (credentials.kind === 'malformed') return MALFORMED_REQUEST;
  const answer = await validator.validate({
    code: credentials.code,
    scope,
    sourceIp: sourceIp(request),
    endpoint: `${request.method} ${pathOf(request)}`,
    traceparent: headerOf(request, 'traceparent'),
  });
  if (answer.outcome === 'allowed') return answer;
  if (answer.outcome === 'denied') return bearerRefusal(GRPC_DENIAL[answer.reason], answer.retryAfterMs ?? 0);
  onTrouble?.(answer);
  return cannotKnow(answer.outcome === 'mistake' ? RETRY_AFTER_MS : answer.retryAfterMs);
};

const refuse = (response: ServerResponse, refusal: BearerRefusal, challenge: Challenge): void => {
  response.writeHead(refusal.status, refusalHeaders(refusal, challenge)).end(refusalBody(refusal));
};

const challengeOf = ({ realm, resourceMetadata }: GuardOptions): Challenge => ({ realm, resourceMetadata });
const addressOf = ({ socket }: IncomingMessage): string => socket.remoteAddress ?? '';

/** Express cuts what it has routed off `url`. */
const pathOf = (request: IncomingMessage & { readonly originalUrl?: string }): string =>
  (request.originalUrl ?? request.url ?? '').replace(/[?#].*$/s, '');

const headerOf = ({ headers }: IncomingMessage, name: string): string | undefined => {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
};
