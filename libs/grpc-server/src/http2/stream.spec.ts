import { HeldBytes } from './held-bytes';
import { Outbox } from './outbox';
import { FRAME } from './protocol';
import { Http2Stream, type StreamHost } from './stream';

const hosted = (): { readonly stream: Http2Stream; increments(): readonly number[] } => {
  const sent: Buffer[] = [];
  const outbox = new Outbox((bytes) => sent.push(Buffer.from(bytes)) > 0);
  const ignore = (): void => undefined;
  const host: StreamHost = {
    outbox,
    held: new HeldBytes(1000),
    sendWindow: 100,
    frameSize: 100,
    waits: ignore,
    closed: ignore,
    released: ignore,
    answered: ignore,
  };
  const stream = new Http2Stream(1, host, { send: 100, receive: 100 });
  const increments = (): readonly number[] => {
    outbox.flush();
    const bytes = Buffer.concat(sent.splice(0));
    const found: number[] = [];
    for (let at = 0; at < bytes.length; at += 9 + bytes.readUIntBE(at, 3)) {
      if (bytes[at + 3] === FRAME.windowUpdate) found.push(bytes.readUInt32BE(at + 9));
    }
    return found;
  };
  return { stream, increments };
};

describe('the window of a stream', () => {
  it('is given back when as much was taken as is left, and never by nothing', () => {
    const { stream, increments } = hosted();
    stream.receiveWindow = 60;
    stream.consumed(40);
    expect(increments()).toEqual([]);
    stream.receiveWindow = 40;
    stream.consumed(20);
    expect(increments()).toEqual([60]);
    stream.receiveWindow = 0;
    stream.consumed(0);
    expect(increments()).toEqual([]);
    stream.consumed(100);
    expect(increments()).toEqual([100]);
  });
});
