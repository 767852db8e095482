import { connect, type Socket } from 'node:net';
import { once } from 'node:events';

/** Frames as no decent client writes them (RFC 9113 section 4.1). */
export const FRAME_TYPE = {
  data: 0, headers: 1, priority: 2, rstStream: 3, settings: 4, ping: 6, goAway: 7, windowUpdate: 8, continuation: 9,
} as const; // prettier-ignore
export const END_STREAM = 1;
export const END_HEADERS = 4;

export const frame = (type: number, flags: number, stream: number, payload: Uint8Array = Buffer.alloc(0)): Buffer => {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
};

/** A literal field without Huffman coding and without indexing (RFC 7541 section 6.2.2); short texts only. */
const literal = (name: string, value: string): Buffer =>
  Buffer.concat([Buffer.of(0, name.length), Buffer.from(name), Buffer.of(value.length), Buffer.from(value)]);

export const headerBlock = (fields: Readonly<Record<string, string>>): Buffer =>
  Buffer.concat(Object.entries(fields).map(([name, value]) => literal(name, value)));

const METHOD = '/openclaw.validator.v1.ValidatorService/Validate';
/** The head of a call as it should be. */
export const CALL = {
  ':method': 'POST', ':scheme': 'http', ':path': METHOD, ':authority': 'localhost', te: 'trailers',
  'content-type': 'application/grpc',
} as const; // prettier-ignore

const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
const ANSWER_MS = 3000;

/** One connection of an attacker. */
export class RawConnection {
  /** Everything that came back. */
  received = Buffer.alloc(0);
  isEnded = false;

  private constructor(readonly socket: Socket) {
    socket.on('data', (chunk) => (this.received = Buffer.concat([this.received, chunk]).subarray(-65_536)));
    for (const event of ['end', 'close', 'error']) socket.on(event, () => (this.isEnded = true));
  }

  static async open(port: number, settings: Uint8Array = Buffer.alloc(0)): Promise<RawConnection> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const raw = new RawConnection(socket);
    await once(socket, 'connect', { signal: AbortSignal.timeout(ANSWER_MS) });
    raw.send(PREFACE, frame(FRAME_TYPE.settings, 0, 0, settings));
    return raw;
  }

  send(...frames: readonly Uint8Array[]): void {
    if (!this.isEnded) this.socket.write(Buffer.concat(frames));
  }

  /** Whether the server has ended it, at the latest in some seconds. */
  async ended(): Promise<boolean> {
    if (!this.isEnded)
      await once(this.socket, 'close', { signal: AbortSignal.timeout(ANSWER_MS) }).catch(() => undefined);
    return this.isEnded;
  }

  /** Whether a frame of one of these types came back on stream 1, or the connection was ended; waits some seconds. */
  async answered(...types: readonly number[]): Promise<boolean> {
    const isThere = (): boolean =>
      typesIn(this.received).some(({ type, stream }) => stream === 1 && types.includes(type));
    const signal = AbortSignal.timeout(ANSWER_MS);
    while (!isThere() && !this.isEnded && !signal.aborted) {
      await once(this.socket, 'data', { signal }).catch(() => undefined);
    }
    return this.isEnded || isThere();
  }

  close(): void {
    this.socket.destroy();
  }
}

const typesIn = (bytes: Buffer): readonly { readonly type: number; readonly stream: number }[] => {
  const found = [];
  for (let at = 0; at + 9 <= bytes.length; at += 9 + bytes.readUIntBE(at, 3)) {
    found.push({ type: bytes[at + 3] ?? 0, stream: bytes.readUInt32BE(at + 5) });
  }
  return found;
};
