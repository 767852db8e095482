import fc from 'fast-check';
import { ERROR_CODES, type ErrorCode } from '../error-codes';
import { readStatusDetails } from './read-status-details';
import { encodeStatusDetails } from './status-details';

const NOTHING = { code: undefined, retryAfterMs: undefined };

describe('the trailer of an error, read by a client', () => {
  it('says the code and the pause that were written, among whatever else', () => {
    const code = fc.constantFrom(...(Object.keys(ERROR_CODES) as ErrorCode[]));
    const retryAfterMs = fc.option(fc.integer({ min: 0, max: 2 ** 31 }), { nil: undefined });
    const fieldViolations = fc.array(fc.record({ field: fc.string(), description: fc.string() }), { maxLength: 3 });
    fc.assert(
      fc.property(code, retryAfterMs, fieldViolations, (its, pause, violations) => {
        const details = pause === undefined ? {} : { retryAfterMs: pause };
        const trailer = encodeStatusDetails(its, { ...details, fieldViolations: violations });
        expect(readStatusDetails(trailer)).toEqual({ code: its, retryAfterMs: pause });
      }),
    );
  });

  it('is total: of anything else it reads no code that is not ours, and never throws', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => expect(readStatusDetails(bytes).code).toBeUndefined()));
    const whole = encodeStatusDetails('openclaw.validator.stale', { retryAfterMs: 1500 });
    for (let end = 1; end < whole.length; end += 1) readStatusDetails(whole.subarray(0, end));
    expect(readStatusDetails(Buffer.alloc(0))).toEqual(NOTHING);
    expect(readStatusDetails(whole.subarray(0, -1))).toEqual(NOTHING);
  });
});
