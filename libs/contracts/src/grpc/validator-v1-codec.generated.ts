// Generated from openclaw/validator/v1/validator.proto: change that, then run the spec of generate/ with OPENCLAW_UPDATE_GOLDEN=1.
/* eslint-disable complexity -- generated: a branch a field */
import type { ProtobufReader, ProtobufWriter } from './protobuf.codec';
import type {
  Decision,
  RemainingLimits,
  ValidateBatchRequest,
  ValidateBatchResponse,
  ValidateFault,
  ValidateRequest,
  ValidateResponse,
  ValidateResult,
  ValidateStreamRequest,
  ValidateStreamResponse,
} from './validator-v1.generated';
import type { Outgoing, Timestamp } from './well-known';

const DENIAL_REASON: Readonly<Record<string, number>> = {
  DENIAL_REASON_UNSPECIFIED: 0,
  DENIAL_REASON_INVALID_CODE: 1,
  DENIAL_REASON_MALFORMED: 2,
  DENIAL_REASON_UNKNOWN_CODE: 3,
  DENIAL_REASON_REVOKED: 4,
  DENIAL_REASON_SUSPENDED: 5,
  DENIAL_REASON_NOT_YET_VALID: 6,
  DENIAL_REASON_EXPIRED: 7,
  DENIAL_REASON_IDLE_TIMED_OUT: 8,
  DENIAL_REASON_SESSION_ENDED: 9,
  DENIAL_REASON_MASTER_KEY_UNAVAILABLE: 10,
  DENIAL_REASON_IP_DENIED: 11,
  DENIAL_REASON_SCOPE_DENIED: 12,
  DENIAL_REASON_ALREADY_USED: 13,
  DENIAL_REASON_RATE_LIMITED: 14,
};

export const readValidateRequest = (from: ProtobufReader): ValidateRequest => {
  let code = '';
  let service = '';
  let resource = '';
  let action = '';
  let sourceIp = '';
  let endpoint = '';
  let requestId = '';
  let minPosition = '';
  let traceparent = '';
  for (let tag = from.tag(); tag !== 0; tag = from.tag()) {
    switch (tag) {
      case 10:
        code = from.string();
        break;
      case 18:
        service = from.string();
        break;
      case 26:
        resource = from.string();
        break;
      case 34:
        action = from.string();
        break;
      case 42:
        sourceIp = from.string();
        break;
      case 50:
        endpoint = from.string();
        break;
      case 58:
        requestId = from.string();
        break;
      case 66:
        minPosition = from.string();
        break;
      case 74:
        traceparent = from.string();
        break;
      default:
        from.skip(tag);
    }
  }
  return { code, service, resource, action, sourceIp, endpoint, requestId, minPosition, traceparent };
};

export const readValidateBatchRequest = (from: ProtobufReader): ValidateBatchRequest => {
  const requests: ValidateRequest[] = [];
  let minPosition = '';
  for (let tag = from.tag(); tag !== 0; tag = from.tag()) {
    switch (tag) {
      case 10:
        requests.push(from.message(readValidateRequest));
        break;
      case 18:
        minPosition = from.string();
        break;
      default:
        from.skip(tag);
    }
  }
  return { requests, minPosition };
};

export const readValidateStreamRequest = (from: ProtobufReader): ValidateStreamRequest => {
  let batchId = 0;
  const requests: ValidateRequest[] = [];
  let minPosition = '';
  for (let tag = from.tag(); tag !== 0; tag = from.tag()) {
    switch (tag) {
      case 8:
        batchId = from.uint32();
        break;
      case 18:
        requests.push(from.message(readValidateRequest));
        break;
      case 26:
        minPosition = from.string();
        break;
      default:
        from.skip(tag);
    }
  }
  return { batchId, requests, minPosition };
};

export const writeTimestamp = (to: ProtobufWriter, value: Outgoing<Timestamp>): void => {
  if (value.seconds !== undefined && value.seconds !== '0') to.int64(8, value.seconds);
  if (value.nanos !== undefined && value.nanos !== 0) to.uint32(16, value.nanos);
};

export const writeRemainingLimits = (to: ProtobufWriter, value: Outgoing<RemainingLimits>): void => {
  if (value.uses != null) to.uint32(8, value.uses);
  if (value.rate != null) to.uint32(16, value.rate);
  if (value.rateResetsAt != null) to.message(26, value.rateResetsAt, writeTimestamp);
  if (value.idleEndsAt != null) to.message(34, value.idleEndsAt, writeTimestamp);
};

export const writeDecision = (to: ProtobufWriter, value: Outgoing<Decision>): void => {
  if (value.allowed === true) to.bool(8, true);
  if (value.reason !== undefined) to.enum(16, DENIAL_REASON[value.reason]);
  if (value.codeId !== undefined && value.codeId !== '') to.string(26, value.codeId);
  if (value.position !== undefined && value.position !== '') to.string(34, value.position);
  if (value.freshnessAgeMs !== undefined && value.freshnessAgeMs !== 0) to.uint32(40, value.freshnessAgeMs);
  if (value.expiresAt != null) to.message(50, value.expiresAt, writeTimestamp);
  if (value.remaining != null) to.message(58, value.remaining, writeRemainingLimits);
  if (value.retryAfterMs !== undefined && value.retryAfterMs !== 0) to.uint32(64, value.retryAfterMs);
  if (value.codeRevision !== undefined && value.codeRevision !== 0) to.uint32(72, value.codeRevision);
};

export const writeValidateResponse = (to: ProtobufWriter, value: Outgoing<ValidateResponse>): void => {
  if (value.decision != null) to.message(10, value.decision, writeDecision);
};

export const writeValidateFault = (to: ProtobufWriter, value: Outgoing<ValidateFault>): void => {
  if (value.code !== undefined && value.code !== '') to.string(10, value.code);
  if (value.message !== undefined && value.message !== '') to.string(18, value.message);
  if (value.retriable === true) to.bool(24, true);
  if (value.retryAfterMs !== undefined && value.retryAfterMs !== 0) to.uint32(32, value.retryAfterMs);
};

export const writeValidateResult = (to: ProtobufWriter, value: Outgoing<ValidateResult>): void => {
  if (value.decision != null) to.message(10, value.decision, writeDecision);
  if (value.fault != null) to.message(18, value.fault, writeValidateFault);
};

export const writeValidateBatchResponse = (to: ProtobufWriter, value: Outgoing<ValidateBatchResponse>): void => {
  for (const item of value.results ?? []) to.message(10, item, writeValidateResult);
};

export const writeValidateStreamResponse = (to: ProtobufWriter, value: Outgoing<ValidateStreamResponse>): void => {
  if (value.batchId !== undefined && value.batchId !== 0) to.uint32(8, value.batchId);
  for (const item of value.results ?? []) to.message(18, item, writeValidateResult);
};
