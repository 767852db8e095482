import type {
  Metadata, ServerUnaryCall, UntypedServiceImplementation, handleUnaryCall, sendUnaryData,
} from '@grpc/grpc-js'; // prettier-ignore
import type { CheckRequest, CheckResponse, Outgoing, validatorV1 } from '@openclaw/contracts';
import { ApiError, type Logger, grpcError, reportFault } from '@openclaw/platform';
import type { Caller, KnownCallers } from '../callers/known-callers';
import { authorizationCheck } from '../ext-authz/authorization.grpc';
import type { ValidatorStatus } from '../status/validator-status';
import type { ValidationApi } from '../validate-code/validation-api';
import { answerStream } from './validate-stream';

export interface HandlerParts {
  readonly api: ValidationApi;
  readonly status: ValidatorStatus;
  readonly callers: KnownCallers;
  readonly logger: Logger;
}

/** The methods of `openclaw.validator.v1.ValidatorService`. */
export const validatorHandlers = (parts: HandlerParts): UntypedServiceImplementation => {
  const { api, status, callers, logger } = parts;
  const validate: Unary<validatorV1.ValidateRequest, validatorV1.ValidateResponse> = (request, caller, metadata) =>
    api.validate(inTraceOf(metadata, request), request.minPosition, caller).then((decided) => ({ decision: decided }));
  const batch: Unary<validatorV1.ValidateBatchRequest, validatorV1.ValidateBatchResponse> = (
    { requests, minPosition },
    caller,
    metadata,
  ) =>
    api
      .validateBatch(
        requests.map((request) => inTraceOf(metadata, request)),
        minPosition,
        caller,
      )
      .then((results) => ({ results }));
  const getStatus: Unary<validatorV1.GetStatusRequest, validatorV1.GetStatusResponse> = () => status.get();
  return {
    validate: unary(validate, callers, logger),
    validateBatch: unary(batch, callers, logger),
    getStatus: unary(getStatus, callers, logger),
    validateStream: answerStream(api, (call) => authenticated(call, callers)),
  };
};

/** The method of `envoy.service.auth.v3.Authorization`. */
export const authorizationHandlers = ({ api, callers, logger }: HandlerParts): UntypedServiceImplementation => ({
  check: unary<CheckRequest, CheckResponse>(authorizationCheck(api), callers, logger),
});

type AnyCall = Pick<ServerUnaryCall<unknown, unknown>, 'metadata' | 'getAuthContext'>;

type Unary<Request, Response> = (
  request: Request,
  caller: Caller,
  metadata: Metadata,
) => Outgoing<Response> | Promise<Outgoing<Response>>;

/** The request's own `traceparent` counts; without one, that of the call (W3C Trace Context as gRPC metadata). */
const inTraceOf = (metadata: Metadata, request: validatorV1.ValidateRequest): validatorV1.ValidateRequest => {
  if (request.traceparent !== '') return request;
  const [traceparent] = metadata.get('traceparent');
  return typeof traceparent === 'string' ? { ...request, traceparent } : request;
};

/** Authenticates the caller and turns errors into statuses; answers in the same turn when the method does. */
const unary =
  <Request, Response>(
    method: Unary<Request, Response>,
    callers: KnownCallers,
    logger: Logger,
  ): handleUnaryCall<Request, Outgoing<Response>> =>
  (call: ServerUnaryCall<Request, Outgoing<Response>>, answer: sendUnaryData<Outgoing<Response>>) => {
    const fail = (error: unknown): void => {
      reportFault(error, logger);
      answer(grpcError(error));
    };
    try {
      const response = method(call.request, authenticated(call, callers), call.metadata);
      if (response instanceof Promise) response.then((value) => answer(null, value), fail);
      else answer(null, response);
    } catch (error) {
      fail(error);
    }
  };

const authenticated = (call: AnyCall, callers: KnownCallers): Caller => {
  const [header] = call.metadata.get('authorization');
  // Without TLS, or without a client certificate that was verified, there is none.
  const { subjectaltname } = call.getAuthContext()?.sslPeerCertificate ?? {};
  const caller = callers.authenticate(typeof header === 'string' ? header : undefined, subjectaltname);
  if (caller === undefined) throw new ApiError('openclaw.caller.unauthenticated');
  return caller;
};
