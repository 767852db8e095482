import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import { errorForm } from '@openclaw/contracts';
import type { Logger } from '../logging/logger';
import { ApiError, asApiError } from './api-error';
import { type ErrorAnswer, isOAuthPath, oauthError } from './oauth';

interface Asked {
  readonly path: string;
}

interface Answering {
  status(code: number): Answering;
  header(name: string, value: string): Answering;
  send(body: string): void;
}

const RETRY_AFTER_SECONDS = '1';

/**
 * Every error of a REST API as `application/problem+json` (RFC 9457), with its stable code and the faulty fields; those
 * of the OAuth endpoints in the form of OAuth.
 */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(exception: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const error = exception instanceof HttpException ? ofHttp(exception) : asApiError(exception);
    const { status, headers, body } = isOAuthPath(http.getRequest<Asked>().path)
      ? oauthError(error)
      : problemAnswer(error);
    if (status >= 500) this.logger.error({ errorCode: error.code, reason: nameOf(exception) }, 'a request failed');
    const response = http.getResponse<Answering>();
    const all = { 'Cache-Control': 'no-store', 'Content-Type': 'application/json', ...headers };
    for (const [name, value] of Object.entries(all)) response.header(name, value);
    response.status(status).send(JSON.stringify(body));
  }
}

const problemAnswer = (error: ApiError): ErrorAnswer => {
  const { http: status, retriable } = errorForm(error.code);
  const headers = {
    'Content-Type': 'application/problem+json',
    ...(retriable ? { 'Retry-After': RETRY_AFTER_SECONDS } : {}),
    ...(status === 401 ? { 'WWW-Authenticate': 'Bearer realm="openclaw"' } : {}),
  };
  return { status, headers, body: problem(error, status) };
};

const problem = (error: ApiError, status: number): object => ({
  type: `https://openclaw.dev/errors/${error.code}`,
  title: errorForm(error.code).publicText,
  status,
  detail: error.detail,
  code: error.code,
  ...(error.faults.length > 0 ? { errors: error.faults } : {}),
});

/** What Nest itself refuses before a handler runs: unknown routes, bodies that are not JSON or too large. */
const ofHttp = (exception: HttpException): ApiError => {
  const status = exception.getStatus();
  if (status === 404) return new ApiError('openclaw.request.route-unknown');
  if (status === 413) return new ApiError('openclaw.request.too-large');
  return new ApiError(status < 500 ? 'openclaw.request.invalid' : 'openclaw.internal.fault');
};

/** The class of a fault, never its text: texts of drivers may hold values. */
const nameOf = (exception: unknown): string => (exception instanceof Error ? exception.name : typeof exception);
