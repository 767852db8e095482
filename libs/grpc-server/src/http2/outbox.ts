import { FRAME, FRAME_HEADER_BYTES, type H2Error } from './protocol';

/** Where bytes go; true when they have left already, so that their buffer may be used again. */
export type Send = (bytes: Buffer) => boolean;

const FIRST_BYTES = 4096;

/** Frames that are said in one turn leave in one write, at the end of the turn. */
export class Outbox {
  #bytes: Buffer = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #length = 0;
  #isScheduled = false;

  constructor(private readonly send: Send) {}

  /** Room for a frame with a payload of `length` bytes: writes its header and gives the buffer and where the payload goes. */
  frame(type: number, flags: number, stream: number, length: number): { readonly bytes: Buffer; readonly at: number } {
    const at = this.#reserve(FRAME_HEADER_BYTES + length);
    const bytes = this.#bytes;
    bytes[at] = length >> 16;
    bytes[at + 1] = (length >> 8) & 0xff;
    bytes[at + 2] = length & 0xff;
    bytes[at + 3] = type;
    bytes[at + 4] = flags;
    bytes[at + 5] = stream >> 24;
    bytes[at + 6] = (stream >> 16) & 0xff;
    bytes[at + 7] = (stream >> 8) & 0xff;
    bytes[at + 8] = stream & 0xff;
    return { bytes, at: at + FRAME_HEADER_BYTES };
  }

  /** A frame with this payload. */
  put(type: number, flags: number, stream: number, payload: Buffer): void {
    const { bytes, at } = this.frame(type, flags, stream, payload.length);
    payload.copy(bytes, at);
  }

  /** Bytes that are frames already. */
  raw(frames: Buffer): void {
    const at = this.#reserve(frames.length);
    frames.copy(this.#bytes, at);
  }

  windowUpdate(stream: number, increment: number): void {
    const { bytes, at } = this.frame(FRAME.windowUpdate, 0, stream, 4);
    bytes.writeUInt32BE(increment, at);
  }

  reset(stream: number, code: H2Error): void {
    const { bytes, at } = this.frame(FRAME.rstStream, 0, stream, 4);
    bytes.writeUInt32BE(code, at);
  }

  goAway(lastStream: number, code: H2Error, reason: string): void {
    const text = Buffer.from(reason, 'latin1');
    const { bytes, at } = this.frame(FRAME.goAway, 0, 0, 8 + text.length);
    bytes.writeUInt32BE(lastStream, at);
    bytes.writeUInt32BE(code, at + 4);
    text.copy(bytes, at + 8);
  }

  flush(): void {
    this.#isScheduled = false;
    if (this.#length === 0) return;
    const bytes = this.#bytes.subarray(0, this.#length);
    this.#length = 0;
    if (!this.send(bytes)) this.#bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
  }

  #reserve(length: number): number {
    const at = this.#length;
    this.#length += length;
    if (this.#length > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.#length));
      this.#bytes.copy(larger, 0, 0, at);
      this.#bytes = larger;
    }
    if (!this.#isScheduled) {
      this.#isScheduled = true;
      process.nextTick(() => this.flush());
    }
    return at;
  }
}
