import fc from 'fast-check';
import { FrameSplitter } from './frame-splitter';
import { PREFACE } from './protocol';

const frameBytes = (type: number, stream: number, payload: Uint8Array): Buffer => {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = type;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
};

describe('frames out of what a socket gives', () => {
  it('are the same, wherever it is cut', () => {
    const frame = fc.record({
      type: fc.nat(255),
      stream: fc.nat(0x7fff_ffff),
      payload: fc.uint8Array({ maxLength: 400 }),
    });
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 8 }), fc.array(fc.nat(60), { minLength: 1 }), (frames, cuts) => {
        const bytes = Buffer.concat([PREFACE, ...frames.map((its) => frameBytes(its.type, its.stream, its.payload))]);
        const seen: object[] = [];
        const splitter = new FrameSplitter(({ type, stream, bytes: from, start, end }) => {
          seen.push({ type, stream, payload: new Uint8Array(from.subarray(start, end)) });
        });
        for (let at = 0, cut = 0; at < bytes.length; cut += 1) {
          const next = at + 1 + (cuts[cut % cuts.length] ?? 0);
          splitter.push(bytes.subarray(at, next));
          at = next;
        }
        expect(seen).toEqual(frames);
        expect(splitter.isWithinFrame).toBe(false);
      }),
    );
  });

  it('are refused when they do not begin as HTTP/2, or are longer than allowed', () => {
    const splitter = (): FrameSplitter => new FrameSplitter(() => undefined);
    expect(() => splitter().push(Buffer.from('GET / HTTP/1.1\r\n\r\n'))).toThrow('not HTTP/2');
    const long = Buffer.concat([PREFACE, Buffer.of(0, 0x40, 1, 0, 0, 0, 0, 0, 1)]);
    expect(() => splitter().push(long)).toThrow('longer frame');
  });
});
