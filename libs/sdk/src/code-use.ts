import { randomBytes } from 'node:crypto';
import type { validatorV1 } from '@openclaw/contracts';
import { type Answer, type YourMistake, yourMistake } from './answer';

/** One use of a code that a service wants judged. */
export interface CodeUse {
  /** As the client presented it. */
  readonly code: string;
  /** What is asked for, `service:resource:action`, without wildcards. */
  readonly scope: string;
  /** Address of the client, as you trust it: never from a header that anyone can set. */
  readonly sourceIp: string;
  /** What was called, for the audit trail: `POST /v1/chat/completions`. */
  readonly endpoint?: string | undefined;
  /** Your own id of this use, at most 64 characters. Without it the SDK makes one, so that its own retries are safe. */
  readonly requestId?: string | undefined;
  /** Position of an earlier answer, or of an issuer's: nothing older is asked. */
  readonly minPosition?: string | undefined;
  readonly traceparent?: string | undefined;
  /** Until there must be an answer, milliseconds; default: that of the client. */
  readonly timeoutMs?: number | undefined;
}

/**
 * Judges uses of codes: over the network (`ValidatorClient`), or within this process (`embedValidator` of
 * `@openclaw/validator`). Never rejects: whatever happens is one of the four answers, within the deadline.
 */
export interface CodeValidator {
  validate(use: CodeUse): Promise<Answer>;
  /** Lets what is in hand be answered and releases everything. Safe to call again. */
  close(): Promise<void>;
}

/** What the validator takes of any text (as its HTTP interface does); its whole message is far below the limit of gRPC. */
const TEXT_MAX = 4096;
/** Names this process in request ids. */
const OWN = randomBytes(12).toString('base64url');
let count = 0;

/** Unlike any other, also after a restart; not a secret. */
const newRequestId = (): string => `${OWN}-${(count += 1)}`;

/** The message of a use; or what is wrong with it, by the name of the field and never by its content. */
export const requestOf = (use: CodeUse): validatorV1.ValidateRequest | YourMistake => {
  const texts = textsOf(use);
  for (const [name, text] of Object.entries(texts)) {
    if (typeof text !== 'string') return malformed(name, 'give a text');
    if (text.length > TEXT_MAX && name !== 'code') return malformed(name, `at most ${TEXT_MAX} characters`);
  }
  const { scope, ...plain } = texts;
  const [service = '', resource = '', action, ...more] = scope.split(':');
  if (action === undefined || more.length > 0) return malformed('scope', 'give service:resource:action');
  // A code of any length is a question, whose answer its holder is told: it is refused as malformed. Its end is not needed.
  return { ...plain, service, resource, action, code: plain.code.slice(0, TEXT_MAX) };
};

/** With every optional text; at run time a caller without types may have given anything. */
const textsOf = (use: CodeUse) => ({
  code: use.code,
  scope: use.scope,
  sourceIp: use.sourceIp,
  endpoint: use.endpoint ?? '',
  requestId: use.requestId || newRequestId(),
  minPosition: use.minPosition ?? '',
  traceparent: use.traceparent ?? '',
});

const malformed = (field: string, remedy: string): YourMistake =>
  yourMistake('openclaw.request.invalid', `${field}: ${remedy}`);
