import type { SeededRandom } from '../seeded-random';
import { CALL, END_HEADERS, END_STREAM, FRAME_TYPE, RawConnection, frame, headerBlock } from './raw-frames';

/** What an attack found: undefined when the server kept its bounds, else the bound that it did not keep. */
export type Attack = (port: number, random: SeededRandom) => Promise<string | undefined>;

const WELL = headerBlock(CALL);
const streamIds = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => 2 * i + 1);

/** Sends all of it and demands that the server ends the connection: what is asked for is no work. */
const mustEnd =
  (what: string, frames: () => readonly Uint8Array[]): Attack =>
  async (port) => {
    const raw = await RawConnection.open(port);
    raw.send(...frames());
    const isEnded = await raw.ended();
    raw.close();
    return isEnded ? undefined : `${what}: the connection lives`;
  };

/** Every one of these begins of a stream is refused on its own or with its connection, and answered at any rate. */
const BAD_STARTS: readonly Uint8Array[] = [
  headerBlock({}),
  headerBlock({ ':method': 'POST', ':scheme': 'http' }),
  headerBlock({ ':method': 'POST', ':scheme': 'http', ':path': '' }),
  headerBlock({ ':path': CALL[':path'] }),
  headerBlock({ ...CALL, ':status': '200' }),
  headerBlock({ ...CALL, Upper: 'case' }),
  headerBlock({ ...CALL, connection: 'close' }),
  headerBlock({ before: 'pseudo', ...CALL }),
  headerBlock({ ':method': 'POST', ':scheme': 'http', ':path': CALL[':path'], te: 'trailers' }),
  headerBlock({ ...CALL, 'grpc-timeout': 'soon' }),
  headerBlock({ ...CALL, 'content-type': 'application/grpc-web' }),
  headerBlock({ ...CALL, ':path': '/' }),
  headerBlock({ ...CALL, ':path': '/__proto__/constructor' }),
];

const badStarts: Attack = async (port) => {
  for (const [index, block] of BAD_STARTS.entries()) {
    const raw = await RawConnection.open(port);
    raw.send(frame(FRAME_TYPE.headers, END_HEADERS | END_STREAM, 1, block));
    const isRefused = await raw.answered(FRAME_TYPE.rstStream, FRAME_TYPE.headers);
    raw.close();
    if (!isRefused) return `bad stream start ${index}: no answer`;
  }
  return undefined;
};

const bytesOf = (random: SeededRandom, length: number): Buffer =>
  Buffer.from(Array.from({ length }, () => random.between(0, 255)));

const badHpack: Attack = async (port, random) => {
  const blocks = [
    Buffer.of(0x80), Buffer.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff), Buffer.of(0xbf, 0x7f), Buffer.of(0x3f, 0xe1, 0xff, 0x7f),
    Buffer.of(0x00, 0x85, 0xff, 0xff, 0xff, 0xff, 0xff), Buffer.of(0x00, 0x7f, 0xff, 0xff, 0xff, 0xff, 0x0f),
    ...Array.from({ length: 20 }, () => Buffer.concat([Buffer.of(0xff, 0xff), bytesOf(random, random.between(1, 200))])),
  ]; // prettier-ignore
  for (const block of blocks) {
    const broken = await mustEnd('bad HPACK', () => [frame(FRAME_TYPE.headers, END_HEADERS | END_STREAM, 1, block)])(
      port,
      random,
    );
    if (broken !== undefined) return `${broken} after ${block.toString('hex').slice(0, 20)}`;
  }
  return undefined;
};

/** A field of 4,000 bytes is put into the table once and named 16,000 times: 64 MB out of 16 KB. */
const hpackBomb = mustEnd('HPACK bomb', () => {
  const name = Buffer.concat([
    Buffer.of(0x40, 1),
    Buffer.from('x'),
    Buffer.of(0x7f, 0xa1, 0x1e),
    Buffer.alloc(4000, 'a'),
  ]);
  return [
    frame(FRAME_TYPE.headers, END_HEADERS | END_STREAM, 1, Buffer.concat([WELL, name, Buffer.alloc(12_000, 0xbe)])),
  ];
});

const message = (flag: number, bytes: Uint8Array): Buffer => {
  const prefix = Buffer.of(flag, 0, 0, 0, 0);
  prefix.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([prefix, bytes]);
};

/** Malformed, compressed, nested 16,000 deep, and longer than any message may be: each is answered with a status. */
const badMessages: Attack = async (port, random) => {
  const nested = Buffer.alloc(16_000, 0x0b);
  const bodies = [
    message(1, bytesOf(random, 100)), message(7, Buffer.alloc(3)), message(0, nested), message(0, Buffer.of(0x0a, 0xff)),
    Buffer.of(0, 0xff, 0xff, 0xff, 0xff, 1), Buffer.of(0, 0),
  ]; // prettier-ignore
  for (const [index, body] of bodies.entries()) {
    const raw = await RawConnection.open(port);
    const head = headerBlock({ ...CALL, 'grpc-encoding': 'gzip' });
    raw.send(frame(FRAME_TYPE.headers, END_HEADERS, 1, head), frame(FRAME_TYPE.data, END_STREAM, 1, body));
    const isAnswered = await raw.answered(FRAME_TYPE.headers);
    raw.close();
    if (!isAnswered) return `bad message ${index}: no status`;
  }
  return undefined;
};

/** Window 0, and 256 calls whose answers nobody takes; then frames that have to be acknowledged, and are not read. */
const slowRead: Attack = async (port) => {
  const raw = await RawConnection.open(port, Buffer.of(0, 4, 0, 0, 0, 0));
  raw.socket.pause();
  const head = headerBlock({ ...CALL, ':path': '/' });
  for (const id of streamIds(256)) raw.send(frame(FRAME_TYPE.headers, END_HEADERS | END_STREAM, id, head));
  for (let i = 0; i < 200; i += 1)
    raw.send(Buffer.concat(Array.from({ length: 100 }, () => frame(FRAME_TYPE.ping, 0, 0, Buffer.alloc(8)))));
  raw.socket.resume();
  const isEnded = await raw.ended();
  raw.close();
  return isEnded ? undefined : 'slow read: the connection lives';
};

const many = (count: number, one: () => Buffer): readonly Uint8Array[] => {
  const its = one();
  return Array.from({ length: count }, () => its);
};

export const ATTACKS = {
  'rapid reset': mustEnd('rapid reset', () =>
    streamIds(5000).flatMap((id) => [
      frame(FRAME_TYPE.headers, END_HEADERS, id, WELL),
      frame(FRAME_TYPE.rstStream, 0, id, Buffer.of(0, 0, 0, 8)),
    ]),
  ),
  // With its own faults as the cause of each reset (CVE-2025-8671).
  'made resets': mustEnd('made resets', () =>
    streamIds(5000).flatMap((id) => [
      frame(FRAME_TYPE.headers, END_HEADERS, id, WELL),
      frame(FRAME_TYPE.windowUpdate, 0, id, Buffer.alloc(4)),
    ]),
  ),
  'CONTINUATION flood': mustEnd('CONTINUATION flood', () => [
    frame(FRAME_TYPE.headers, 0, 1, WELL),
    ...many(3000, () => frame(FRAME_TYPE.continuation, 0, 1, headerBlock({ a: 'b'.repeat(100) }))),
  ]),
  'PING flood': mustEnd('PING flood', () => many(5000, () => frame(FRAME_TYPE.ping, 0, 0, Buffer.alloc(8)))),
  'SETTINGS flood': mustEnd('SETTINGS flood', () => many(5000, () => frame(FRAME_TYPE.settings, 0, 0))),
  'empty DATA flood': mustEnd('empty DATA flood', () => [
    frame(FRAME_TYPE.headers, END_HEADERS, 1, WELL),
    ...many(5000, () => frame(FRAME_TYPE.data, 0, 1)),
  ]),
  'HPACK bomb': hpackBomb,
  'bad HPACK': badHpack,
  'bad stream starts': badStarts,
  'bad messages': badMessages,
  'slow read': slowRead,
} as const satisfies Readonly<Record<string, Attack>>;
