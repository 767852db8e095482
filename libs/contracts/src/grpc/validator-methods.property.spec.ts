import fc from 'fast-check';
import { serviceDefinition } from './protos';
import type { Decision, DenialReason, ValidateFault, ValidateResult } from './validator-v1.generated';
import { VALIDATOR_METHODS } from './validator-methods';
import { type Outgoing, toTimestamp } from './well-known';

/** What proto-loader (protobuf.js) makes of the same proto file: written by others, and slow. */
const loaded = serviceDefinition('openclaw.validator.v1.ValidatorService');
const method = (name: string) => {
  const found = loaded[name];
  if (found === undefined) throw new Error(`the proto has no ${name}`);
  return found;
};

const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.string({ minLength: 40, maxLength: 300 }));
const uint32 = fc.oneof(fc.nat(300), fc.integer({ min: 0, max: 0xffff_ffff }));
const timestamp = fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 }).map(toTimestamp);
const request = fc.record({
  code: text, service: text, resource: text, action: text, sourceIp: text, endpoint: text, requestId: text,
  minPosition: text, traceparent: text,
}); // prettier-ignore
const reason = fc.constantFrom<DenialReason>(
  'DENIAL_REASON_UNSPECIFIED', 'DENIAL_REASON_INVALID_CODE', 'DENIAL_REASON_REVOKED', 'DENIAL_REASON_RATE_LIMITED',
); // prettier-ignore
const decision: fc.Arbitrary<Outgoing<Decision>> = fc.record(
  {
    allowed: fc.boolean(), reason, codeId: text, position: text, freshnessAgeMs: uint32, expiresAt: timestamp,
    remaining: fc.record(
      { uses: uint32, rate: uint32, rateResetsAt: timestamp, idleEndsAt: timestamp },
      { requiredKeys: [] },
    ),
    retryAfterMs: uint32, codeRevision: uint32,
  },
  { requiredKeys: [] },
); // prettier-ignore
const fault: fc.Arbitrary<Outgoing<ValidateFault>> = fc.record(
  { code: text, message: text, retriable: fc.boolean(), retryAfterMs: uint32 },
  { requiredKeys: [] },
);
const results: fc.Arbitrary<readonly Outgoing<ValidateResult>[]> = fc.array(
  fc.oneof(fc.record({ decision }), fc.record({ fault })),
  { maxLength: 5 },
);

describe('messages of the hot methods', () => {
  it('are read as proto-loader reads them, field by field', () => {
    const same = (name: string, message: object, read: (bytes: Buffer) => unknown): void => {
      const bytes = method(name).requestSerialize(message);
      expect(read(bytes)).toEqual(method(name).requestDeserialize(bytes));
    };
    const batch = fc.record({ requests: fc.array(request, { maxLength: 5 }), minPosition: text });
    const { validate, validateBatch, validateStream } = VALIDATOR_METHODS;
    fc.assert(fc.property(request, (message) => same('Validate', message, validate.requestDeserialize)));
    fc.assert(fc.property(batch, (message) => same('ValidateBatch', message, validateBatch.requestDeserialize)));
    fc.assert(
      fc.property(batch, uint32, (message, batchId) =>
        same('ValidateStream', { ...message, batchId }, validateStream.requestDeserialize),
      ),
    );
  });

  it('are written so that proto-loader reads what it would have written itself', () => {
    const same = <T extends object>(name: string, message: T, write: (message: T) => Buffer): void => {
      const { responseSerialize, responseDeserialize } = method(name);
      expect(responseDeserialize(Buffer.from(write(message)))).toEqual(responseDeserialize(responseSerialize(message)));
    };
    const { validate, validateBatch, validateStream } = VALIDATOR_METHODS;
    fc.assert(fc.property(decision, (its) => same('Validate', { decision: its }, validate.responseSerialize)));
    fc.assert(fc.property(results, (its) => same('ValidateBatch', { results: its }, validateBatch.responseSerialize)));
    fc.assert(
      fc.property(results, uint32, (its, batchId) =>
        same('ValidateStream', { results: its, batchId }, validateStream.responseSerialize),
      ),
    );
  });

  it('of a newer client are read without what is not known', () => {
    const known = method('Validate').requestSerialize({ code: 'c', action: 'a' });
    const unknown = [
      [0xfa, 0x3e, 1, 0x78], [0xf8, 0x3e, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1],
      [0xf9, 0x3e, 1, 2, 3, 4, 5, 6, 7, 8], [0xfd, 0x3e, 1, 2, 3, 4], [0x08, 1],
    ]; // prettier-ignore
    for (const field of unknown) {
      const message = VALIDATOR_METHODS.validate.requestDeserialize(Buffer.from([...field, ...known, ...field]));
      expect(message).toMatchObject({ code: 'c', action: 'a' });
    }
  });

  it('that are cut off, end in a number or hold groups are no messages; no bytes do more harm than that', () => {
    const read = VALIDATOR_METHODS.validateBatch.requestDeserialize;
    const whole = method('ValidateBatch').requestSerialize({ requests: [{ code: 'a code' }], minPosition: 'p' });
    for (const bytes of [
      whole.subarray(0, -1),
      Buffer.of(0x0a),
      Buffer.of(0x0a, 0x80),
      Buffer.of(0x0b),
      Buffer.of(0),
    ]) {
      expect(() => read(bytes)).toThrow(expect.objectContaining({ name: 'MalformedMessage' }) as Error);
    }
    expect(() => read(Buffer.alloc(1_000_000, 0x0b))).toThrow();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          read(Buffer.from(bytes));
        } catch (error) {
          expect(error).toMatchObject({ name: 'MalformedMessage' });
        }
      }),
    );
  });
});
