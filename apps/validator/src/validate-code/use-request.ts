import { randomUUID } from 'node:crypto';
import { recordableText, redactCodes } from '@openclaw/contracts';
import type { Scope } from '@openclaw/domain';
import { ApiError, redactKeys } from '@openclaw/platform';
import type { Caller } from '../callers/known-callers';

/** What a caller sends, over gRPC or HTTP. */
export interface UseMessage {
  readonly code: string;
  readonly service: string;
  readonly resource: string;
  readonly action: string;
  readonly sourceIp: string;
  readonly endpoint: string;
  readonly requestId: string;
  readonly traceparent: string;
}

/** One use of a code, checked. `code` is the only member that may hold a secret. */
export interface UseRequest {
  readonly code: string;
  readonly scope: Scope;
  readonly sourceIp: string;
  /** What was called, without its query and free of codes; empty when the caller did not say. */
  readonly endpoint: string;
  /** As the caller gave it; empty when it did not. */
  readonly requestId: string;
  /** What a claim on a unit is known by: the caller's own id, or one that no retry can repeat. */
  readonly claimId: string;
  readonly traceparent: string;
}

/** Ids of this process that no other process has and no caller can give: a caller's begin with its name and a colon. */
const CLAIMS = randomUUID();
let claims = 0;

const REQUEST_ID_MAX = 64;

/** Reads a message; throws `ApiError` for what is the caller's mistake. A bad code or address is no mistake of his. */
export const useRequest = (message: UseMessage, caller: Caller): UseRequest => {
  const { code, service, resource, action, sourceIp, requestId, traceparent } = message;
  if (requestId.length > REQUEST_ID_MAX || redactCodes(requestId) !== requestId) {
    const problem = `not an id of at most ${REQUEST_ID_MAX} characters`;
    throw new ApiError('openclaw.request.invalid', [
      { field: 'request_id', problem, remedy: 'give an id of your own, such as a UUID; never the code' },
    ]);
  }
  return {
    code,
    scope: { service, resource, action },
    sourceIp,
    endpoint: recordable(message.endpoint.replace(/[?#].*$/s, '')),
    requestId,
    // Per caller: one service must not get a unit of another one because both count their requests from 1.
    claimId: requestId === '' ? `${CLAIMS}/${(claims += 1)}` : `${caller.name}:${requestId}`,
    traceparent: TRACEPARENT.test(traceparent) ? traceparent : '',
  };
};

/** W3C trace context, version 00. */
const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** A stranger's text as it may go on record: no code and no key in it, nothing that a store cannot hold, and not too long. */
export const recordable = (text: string, lengthMax?: number): string =>
  recordableText(redactKeys(text.includes('ocpc_') ? redactCodes(text) : text), lengthMax);

/** Longer than any address; what is longer is none, and its beginning is evidence enough. */
const ADDRESS_MAX = 64;

/** What was given as the address of the client, as it may go on record. */
export const recordableAddress = (text: string): string => recordable(text, ADDRESS_MAX);
