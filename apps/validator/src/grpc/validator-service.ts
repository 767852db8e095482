import {
  type CheckRequest,
  type CheckResponse,
  VALIDATOR_METHODS,
  envoyAuthorization,
  serviceDefinition,
  type validatorV1,
} from '@openclaw/contracts';
import type { GrpcCall, GrpcServer } from '@openclaw/grpc-server';
import type { KnownCallers } from '../callers/known-callers';
import { authorizationCheck } from '../ext-authz/authorization.grpc';
import type { ValidatorStatus } from '../status/validator-status';
import type { ValidationApi } from '../validate-code/validation-api';
import { CallerOf } from './caller-of';
import { StreamAnswers } from './validate-stream';

export interface ServiceParts {
  readonly api: ValidationApi;
  readonly status: ValidatorStatus;
  readonly callers: KnownCallers;
}

export const VALIDATOR_SERVICE = 'openclaw.validator.v1.ValidatorService';

/** Registers the methods of `openclaw.validator.v1.ValidatorService`. */
export const addValidatorService = (server: GrpcServer, { api, status, callers }: ServiceParts): void => {
  const callerOf = new CallerOf(callers);
  server.unary(VALIDATOR_METHODS.validate, async (request, call) => {
    const caller = callerOf.authenticated(call);
    const { minPosition } = request;
    return { decision: await api.validate(inTraceOf(call, request), minPosition, caller, () => call.isOver) };
  });
  server.unary(VALIDATOR_METHODS.validateBatch, async ({ requests, minPosition }, call) => {
    const caller = callerOf.authenticated(call);
    const traced = requests.map((request) => inTraceOf(call, request));
    return { results: await api.validateBatch(traced, minPosition, caller, () => call.isOver) };
  });
  server.stream(VALIDATOR_METHODS.validateStream, (call) => {
    const caller = callerOf.authenticated(call);
    return new StreamAnswers(api, call, caller);
  });
  const { GetStatus } = serviceDefinition(VALIDATOR_SERVICE);
  if (GetStatus === undefined) throw new Error(`the proto of ${VALIDATOR_SERVICE} has no GetStatus`);
  server.unary(GetStatus, (_request, call) => {
    callerOf.authenticated(call);
    return status.get();
  });
};

/** Registers `envoy.service.auth.v3.Authorization`: Envoy asks as any other caller does. */
export const addAuthorizationService = (server: GrpcServer, { api, callers }: ServiceParts): void => {
  const callerOf = new CallerOf(callers);
  const { Check } = envoyAuthorization();
  if (Check === undefined) throw new Error("Envoy's proto has no Check");
  const check = authorizationCheck(api);
  server.unary<CheckRequest, CheckResponse>(Check, (request, call) => check(request, callerOf.authenticated(call)));
};

/** The request's own `traceparent` counts; without one, that of the call (W3C Trace Context as gRPC metadata). */
const inTraceOf = (call: GrpcCall, request: validatorV1.ValidateRequest): validatorV1.ValidateRequest => {
  if (request.traceparent !== '') return request;
  const traceparent = call.header('traceparent');
  return traceparent === undefined ? request : { ...request, traceparent };
};
