import fc from 'fast-check';
import { HeldBytes } from '../http2/held-bytes';
import { MessageReader } from './message-reader';
import { STATUS } from './status';

const framed = (message: Uint8Array, flag = 0): Buffer => {
  const prefix = Buffer.of(flag, 0, 0, 0, 0);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
};

const readerOf = (held: HeldBytes, onMessage: (bytes: Buffer) => boolean, messageBytesMax = 1000): MessageReader =>
  new MessageReader({ messageBytesMax, held, onMessage });

describe('messages out of a body', () => {
  it('are the same wherever it is cut and whenever it is paused, and nothing stays held', () => {
    const messages = fc.array(fc.uint8Array({ maxLength: 100 }), { maxLength: 10 });
    const cuts = fc.array(fc.nat(40), { minLength: 1 });
    const pauses = fc.array(fc.boolean(), { minLength: 1 });
    fc.assert(
      fc.property(messages, cuts, pauses, (sent, cutsOf, pausesOf) => {
        const held = new HeldBytes(100_000);
        const seen: Uint8Array[] = [];
        let paused = false;
        const reader = readerOf(held, (bytes) => {
          seen.push(new Uint8Array(bytes));
          paused = pausesOf[seen.length % pausesOf.length] ?? false;
          return paused;
        });
        const body = Buffer.concat(sent.map((message) => framed(message)));
        for (let at = 0, cut = 0; at < body.length; cut += 1) {
          const next = Math.min(body.length, at + 1 + (cutsOf[cut % cutsOf.length] ?? 0));
          expect(reader.push(body, at, next, paused)).toBeUndefined();
          at = next;
        }
        while (paused) {
          paused = false;
          expect(reader.resume()).toBeUndefined();
        }
        expect(seen).toEqual(sent);
        expect(reader.hasRest).toBe(false);
        expect(held.held).toBe(0);
      }),
    );
  });

  it('that are compressed, too long or of an unknown form end the call, before they are kept', () => {
    const of = (body: Buffer) => readerOf(new HeldBytes(100_000), () => false).push(body, 0, body.length);
    expect(of(framed(Buffer.alloc(3), 1))).toMatchObject({
      code: STATUS.unimplemented,
      trailers: { 'grpc-accept-encoding': 'identity' },
    });
    expect(of(framed(Buffer.alloc(3), 2))).toMatchObject({ code: STATUS.internal });
    expect(of(Buffer.of(0, 0, 0, 3, 0xe9))).toMatchObject({ code: STATUS.resourceExhausted });
  });

  it('are kept only as far as the server may hold', () => {
    const held = new HeldBytes(50);
    const reader = readerOf(held, () => false);
    const begun = framed(Buffer.alloc(200)).subarray(0, 40);
    expect(reader.push(begun, 0, 40)).toBeUndefined();
    expect(readerOf(held, () => false).push(begun, 0, 40)).toMatchObject({ code: STATUS.resourceExhausted });
    reader.discard();
    expect(held.held).toBe(0);
  });
});
