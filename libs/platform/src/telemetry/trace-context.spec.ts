import * as fc from 'fast-check';
import { trace } from '@opentelemetry/api';
import { asksForSpans, contextOf, parseTraceparent, traceparentOf } from './trace-context';

const hex = (digits: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: digits, maxLength: digits });
const id = (digits: number): fc.Arbitrary<string> => hex(digits).filter((text) => !/^0+$/.test(text));

describe('W3C trace context', () => {
  it('gives back what it read', () => {
    fc.assert(
      fc.property(id(32), id(16), fc.constantFrom('00', '01'), (traceId, spanId, flags) => {
        const text = `00-${traceId}-${spanId}-${flags}`;
        expect(traceparentOf(trace.getSpan(contextOf(parseTraceparent(text))))).toBe(text);
        expect(asksForSpans(text)).toBe(flags === '01');
      }),
    );
  });

  it.each([
    '',
    'x',
    `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
    `00-4bf92f3577b34da6a3ce929d0e0e4736-${'0'.repeat(16)}-01`,
    'ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    '00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01',
    '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01 ocpc_',
  ])('takes "%s" for none', (text) => {
    expect(parseTraceparent(text)).toBeUndefined();
    expect(asksForSpans(text)).toBe(false);
  });
});
