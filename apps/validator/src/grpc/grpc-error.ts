import { Metadata, type StatusObject } from '@grpc/grpc-js';
import {
  type ErrorDetails,
  GRPC_STATUS,
  STATUS_DETAILS_KEY,
  encodeStatusDetails,
  errorForm,
} from '@openclaw/contracts';
import { type ApiError, asApiError } from '@openclaw/platform';
import { NoDecision } from '../validate-code/no-decision';

/** Any thrown thing as the status of a call, with google.rpc details in its trailer. */
export const grpcError = (thrown: unknown): StatusObject => {
  const error = asApiError(thrown);
  const { grpc, publicText } = errorForm(error.code);
  const metadata = new Metadata();
  metadata.set(STATUS_DETAILS_KEY, encodeStatusDetails(error.code, detailsOf(error)));
  return { code: GRPC_STATUS[grpc], details: `${error.code}: ${publicText}`, metadata };
};

const detailsOf = (error: ApiError): ErrorDetails => ({
  ...(error instanceof NoDecision && error.retryAfterMs !== undefined
    ? { retryAfterMs: Math.ceil(error.retryAfterMs) }
    : {}),
  fieldViolations: error.faults.map(({ field, problem, remedy }) => ({ field, description: `${problem}: ${remedy}` })),
});
