import { createHash, randomUUID } from 'node:crypto';
import { trace } from '@opentelemetry/api';
import { recordableText } from '@openclaw/contracts';
import { type CommandMeta, unixMs } from '@openclaw/domain';
import type { EventEnvelope } from './aggregate-repository';
import type { OperatorCall } from '../security/operator-call';
import { ApiError } from '../http/api-error';
import { redactKeys } from '../logging/redact';
import { parseTraceparent, traceparentOf } from '../telemetry/trace-context';

/** Everything a command carries besides what it asks for: who, how, from where, why, and how a retry is known. */
export interface CommandContext {
  readonly meta: CommandMeta;
  readonly envelope: Omit<EventEnvelope, 'source'>;
  /** Stable id for what the command creates: the same caller and key meet the same stream on every replica. */
  readonly derivedId: (kind: string) => string;
}

/** What is asked, by which a retry is told from another request under the same key. */
export interface Asked {
  /** Such as `rotate-code`: the same over REST and gRPC, so that a retry may come over either. */
  readonly operation: string;
  /** Id of what it is asked of; absent where the command creates it. */
  readonly target?: string;
  /** As it was parsed. Take out what may be a secret: a body with one in it is refused. */
  readonly body: { readonly reason?: string | undefined };
}

const KEY = /^"?([\x21-\x7e]{1,255}?)"?$/;

/**
 * The context of a write. An idempotency key makes a retry safe on any replica; without one every call is a new
 * command. Throws an `ApiError` for a malformed key, and for a body with a secret in it.
 */
export const commandContext = (call: OperatorCall, { operation, target = '', body }: Asked): CommandContext => {
  const { operatorId } = call.principal;
  refuseSecrets(body);
  const now = new Date();
  const key = idempotencyKey(call.idempotencyKey) ?? randomUUID();
  const id = sha256(`${operatorId}\n${key}`);
  const bodyHash = sha256(`${operation} ${target}\n${JSON.stringify(body)}`);
  return {
    meta: { now: unixMs(now.getTime()), command: { id, bodyHash } },
    derivedId: (kind) => sha256(`${kind}\n${id}`).slice(0, 26),
    envelope: {
      newId: randomUUID,
      time: now.toISOString(),
      metadata: definedOf({
        authid: operatorId,
        authtype: 'operator-token',
        sourceip: call.sourceIp,
        reason: body.reason,
        commandid: id,
        traceparent: traceparentOf(trace.getActiveSpan()) ?? validTraceparent(call.traceparent),
        correlationid: call.requestId,
      }),
    },
  };
};

const idempotencyKey = (given: string | undefined): string | undefined => {
  if (given === undefined) return undefined;
  const key = KEY.exec(given)?.[1];
  if (key !== undefined) return key;
  const remedy = 'give 1 to 255 printable ASCII characters without spaces, such as a UUID';
  throw new ApiError('openclaw.request.invalid', [{ field: 'Idempotency-Key', problem: 'not a usable key', remedy }]);
};

/**
 * What a command says is kept for ever and shown to auditors. A reason is not refused but redacted: whoever revokes a
 * code in a hurry may paste it there, and the revocation comes first.
 */
const refuseSecrets = (body: object): void => {
  const faults = Object.entries(body).flatMap(([field, value]) => {
    const text = JSON.stringify(value) ?? '';
    if (field === 'reason' || redactKeys(text) === text) return [];
    const remedy = 'leave it out: this text is kept for ever and shown to auditors';
    return [{ field, problem: 'holds what looks like a code, a token or a key of an AI API', remedy }];
  });
  if (faults.length > 0) throw new ApiError('openclaw.request.invalid', faults);
};

const validTraceparent = (header: string | undefined): string | undefined =>
  parseTraceparent(header) === undefined ? undefined : header;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const METADATA_MAX = 512;

const definedOf = (facts: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(facts).flatMap(([name, value]) =>
      value === undefined || value === '' ? [] : [[name, recordableText(redactKeys(value), METADATA_MAX)]],
    ),
  );
