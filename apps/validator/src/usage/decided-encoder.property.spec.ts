import { encodePosition, httpStatusOf, streamOf, usageCodec } from '@openclaw/contracts';
import { encodeOuterForm, positionAt, streamName } from '@openclaw/event-log';
import fc from 'fast-check';
import type { Decision } from '../validate-code/decision';
import { recordable, recordableAddress, useRequest } from '../validate-code/use-request';
import { DecidedEncoder, type DecidedRecord } from './decided-encoder';

const PRODUCER = '0b8f3f0a-70dd-4be4-9d3e-2f2c9a0e2a99';
const CALLER = { name: 'gateway', auditor: false };
const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 600 }),
  fc.constantFrom(
    '',
    'openai',
    'sk-abcdefghijklmnop',
    '"\\\n\u2028',
    '\ud800',
    'ocpc_abcdefghijklmnop',
    'é'.repeat(400),
  ),
);
const id = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 });
const whole = fc.nat(2 ** 40);

const decision: fc.Arbitrary<Decision> = fc.record({
  allowed: fc.boolean(),
  reason: fc.option(fc.constantFrom('malformed', 'unknown_code', 'revoked', 'ip_denied', 'rate_limited'), {
    nil: undefined,
  }),
  code: fc.option(
    fc.record({
      codeId: id,
      masterKeyId: id,
      revision: fc.nat(),
      expiresAtMs: fc.constant(undefined),
      idleEndsAtMs: fc.constant(undefined),
    }),
    { nil: undefined },
  ),
  logId: fc.uuid(),
  position: whole.map(positionAt),
  decidedAtMs: fc.nat(253_402_300_799_999),
  freshnessAgeMs: fc.nat(),
  remainingUses: fc.constant(undefined),
  remainingRate: fc.constant(undefined),
  rateResetsAtMs: fc.constant(undefined),
  retryAfterMs: fc.constant(undefined),
});

const decided: fc.Arbitrary<DecidedRecord> = fc.record({
  partition: fc.nat(3),
  sequence: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
  use: fc
    .record({
      code: text,
      service: text,
      resource: text,
      action: text,
      sourceIp: text,
      endpoint: text,
      requestId: fc.constantFrom('', 'r-1', '"\u0000'),
      traceparent: fc.constantFrom('', TRACE),
    })
    .map((message) => useRequest(message, CALLER)),
  decision,
  latencyUs: whole,
});

/** The long way: through the schema of the body and the checks of the outer form. */
const byTheBook = ({
  partition,
  sequence,
  use,
  decision: { code, reason, ...made },
  latencyUs,
}: DecidedRecord): Buffer => {
  const facts = {
    producer: PRODUCER,
    sequence,
    validator: 'validator "1"',
    time: made.decidedAtMs,
    ...(code === undefined ? {} : { codeId: code.codeId, masterKeyId: code.masterKeyId }),
    ...(use.sourceIp === '' ? {} : { sourceIp: recordableAddress(use.sourceIp) }),
    service: recordable(use.scope.service),
    resource: recordable(use.scope.resource),
    action: recordable(use.scope.action),
    ...(use.endpoint === '' ? {} : { endpoint: use.endpoint }),
    httpStatus: httpStatusOf(reason),
    latencyUs,
    position: encodePosition({ logId: made.logId, offset: made.position }),
    revision: code?.revision ?? 0,
    freshnessAgeMs: made.freshnessAgeMs,
    ...(use.requestId === '' ? {} : { requestId: recordable(use.requestId) }),
  };
  const { type, data } = usageCodec.encode({
    type: 'UsageDecided',
    data: reason === undefined ? { outcome: 'allowed', ...facts } : { outcome: 'denied', reason, ...facts },
  });
  const metadata: Record<string, string> = use.traceparent === '' ? {} : { traceparent: use.traceparent };
  return encodeOuterForm(streamName(streamOf.usage(PRODUCER, partition)), sequence, {
    id: `${PRODUCER}/${partition}/${sequence}`,
    type,
    time: new Date(made.decidedAtMs).toISOString(),
    source: 'validator "1"',
    data,
    metadata,
  });
};

describe('the record of a decision', () => {
  it('is written to the byte as the schema and the outer form would, whatever strangers sent', () => {
    const encoder = new DecidedEncoder(PRODUCER, 'validator "1"', 4);
    fc.assert(
      fc.property(decided, (record) => {
        expect(encoder.encode(record).toString()).toBe(byTheBook(record).toString());
        expect(encoder.encode(record).toString()).toBe(byTheBook(record).toString()); // remembered, this time
      }),
      { numRuns: 500 },
    );
  });
});
