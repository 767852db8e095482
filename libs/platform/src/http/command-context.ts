import { createHash, randomUUID } from 'node:crypto';
import { trace } from '@opentelemetry/api';
import { recordableText } from '@openclaw/contracts';
import { type CommandMeta, unixMs } from '@openclaw/domain';
import type { EventEnvelope } from '../commands/aggregate-repository';
import type { AuthenticatedRequest } from '../security/operator.guard';
import { ApiError } from './api-error';
import { redactKeys } from '../logging/redact';
import { parseTraceparent, traceparentOf } from '../telemetry/trace-context';
import { clientIp } from './client-ip';

/** Everything a command carries besides what it asks for: who, how, from where, why, and how a retry is known. */
export interface CommandContext {
  readonly meta: CommandMeta;
  readonly envelope: Omit<EventEnvelope, 'source'>;
  /** Stable id for what the command creates: the same caller and key meet the same stream on every replica. */
  readonly derivedId: (kind: string) => string;
}

const KEY = /^"?([\x21-\x7e]{1,255}?)"?$/;

/**
 * Reads the context of a write from its request. `Idempotency-Key` makes a retry safe on any replica; without it every
 * call is a new command. Throws an `ApiError` for a malformed key, and for a body with a secret in it: take out of `body`
 * what may be one.
 */
export const commandContext = (
  request: AuthenticatedRequest,
  body: unknown,
  reason: string | undefined,
): CommandContext => {
  const { operatorId } = request.principal;
  refuseSecrets(body);
  const now = new Date();
  const key = idempotencyKey(request.headers['idempotency-key']) ?? randomUUID();
  const id = sha256(`${operatorId}\n${key}`);
  const bodyHash = sha256(`${request.method} ${request.path}\n${JSON.stringify(body ?? null)}`);
  return {
    meta: { now: unixMs(now.getTime()), command: { id, bodyHash } },
    derivedId: (kind) => sha256(`${kind}\n${id}`).slice(0, 26),
    envelope: {
      newId: randomUUID,
      time: now.toISOString(),
      metadata: definedOf({
        authid: operatorId,
        authtype: 'operator-token',
        sourceip: clientIp(request),
        reason,
        commandid: id,
        traceparent: traceparentOf(trace.getActiveSpan()) ?? validTraceparent(request.headers['traceparent']),
        correlationid: request.headers['x-request-id'],
      }),
    },
  };
};

const idempotencyKey = (header: string | undefined): string | undefined => {
  if (header === undefined) return undefined;
  const key = KEY.exec(header)?.[1];
  if (key !== undefined) return key;
  const remedy = 'give 1 to 255 printable ASCII characters without spaces, such as a UUID';
  throw new ApiError('openclaw.request.invalid', [{ field: 'Idempotency-Key', problem: 'not a usable key', remedy }]);
};

/**
 * What a command says is kept for ever and shown to auditors. A reason is not refused but redacted: whoever revokes a
 * code in a hurry may paste it there, and the revocation comes first.
 */
const refuseSecrets = (body: unknown): void => {
  const faults = Object.entries(typeof body === 'object' && body !== null ? body : {}).flatMap(([field, value]) => {
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
