import fc from 'fast-check';
import { encodeHeaders } from './encode-headers';
import { BadHeaderBlock, HeaderDecoder } from './header-decoder';

const latin1 = fc.string({
  unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCharCode(code)),
  maxLength: 300,
});
const field = fc.tuple(
  fc.oneof(fc.constantFrom(':status', 'content-type', 'grpc-status'), fc.stringMatching(/^[a-z0-9-]{1,200}$/)),
  fc.oneof(fc.constantFrom('200', 'application/grpc', '0'), latin1),
);

describe('laws of header blocks', () => {
  it('what is written is read', () => {
    const options = { tableSize: 4096, listSizeMax: 1_000_000 };
    fc.assert(
      fc.property(fc.array(field, { maxLength: 10 }), (fields) => {
        const block = encodeHeaders(fields);
        expect(new HeaderDecoder(options).decode(block, 0, block.length)).toEqual(fields.flat());
      }),
    );
  });

  it('no bytes do more than be refused, and a list is never longer than allowed', () => {
    const blocks = fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 10 });
    fc.assert(
      fc.property(blocks, (all) => {
        const its = new HeaderDecoder({ tableSize: 4096, listSizeMax: 2048 });
        try {
          for (const bytes of all) {
            const list = its.decode(Buffer.from(bytes), 0, bytes.length);
            expect(list.join('').length + list.length * 16).toBeLessThanOrEqual(2048);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(BadHeaderBlock);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
