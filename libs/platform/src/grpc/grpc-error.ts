import { Metadata, type StatusObject } from '@grpc/grpc-js';
import {
  type ErrorDetails,
  GRPC_STATUS,
  STATUS_DETAILS_KEY,
  encodeStatusDetails,
  errorForm,
} from '@openclaw/contracts';
import { type ApiError, asApiError } from '../http/api-error';
import type { Logger } from '../logging/logger';

/** Any thrown thing as the status of a call, with google.rpc details in its trailer. */
export const grpcError = (thrown: unknown): StatusObject => {
  const error = asApiError(thrown);
  const { grpc, publicText } = errorForm(error.code);
  const metadata = new Metadata();
  metadata.set(STATUS_DETAILS_KEY, encodeStatusDetails(error.code, detailsOf(error)));
  return { code: GRPC_STATUS[grpc], details: `${error.code}: ${publicText}`, metadata };
};

const detailsOf = ({ retryAfterMs, faults }: ApiError): ErrorDetails => ({
  ...(retryAfterMs === undefined ? {} : { retryAfterMs: Math.ceil(retryAfterMs) }),
  fieldViolations: faults.map(({ field, problem, remedy }) => ({ field, description: `${problem}: ${remedy}` })),
});

/** What nobody expected is logged by the class of the error, never by its text: that may hold a value. */
export const reportFault = (error: unknown, logger: Logger): void => {
  if (asApiError(error).code !== 'openclaw.internal.fault') return;
  const where = error instanceof Error ? error.stack?.split('\n').slice(1, 4).join(' ') : undefined;
  logger.error({ reason: error instanceof Error ? error.name : typeof error, where }, 'a call failed');
};
