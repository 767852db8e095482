import { FRAME_HEADER_BYTES, FRAME_SIZE, H2_ERROR, PREFACE, ConnectionError } from './protocol';

/** One frame; its payload is `bytes[start..end)`, which is only valid during the call. */
export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
}

/**
 * Cuts what a client sends into frames, without copying those that arrive in one piece. Throws `ConnectionError` when
 * it does not begin as HTTP/2 (RFC 9113 section 3.4) or a frame is longer than we said it may be.
 */
export class FrameSplitter {
  #prefaceLeft = PREFACE.length;
  /** The beginning of a frame whose end has not come. */
  #held: Buffer = Buffer.alloc(0);

  constructor(private readonly onFrame: (frame: Frame) => void) {}

  /** Whether the preface was read. */
  get hasBegun(): boolean {
    return this.#prefaceLeft === 0;
  }

  /** Whether a frame has begun to arrive and not ended. */
  get isWithinFrame(): boolean {
    return this.#held.length > 0;
  }

  push(chunk: Buffer): void {
    const rest = this.#prefaceLeft === 0 ? chunk : this.#afterPreface(chunk);
    if (this.#held.length === 0) this.#split(rest);
    else if (rest.length > 0) this.#complete(rest);
  }

  #afterPreface(chunk: Buffer): Buffer {
    const taken = Math.min(this.#prefaceLeft, chunk.length);
    const at = PREFACE.length - this.#prefaceLeft;
    if (PREFACE.compare(chunk, 0, taken, at, at + taken) !== 0) {
      throw new ConnectionError(H2_ERROR.protocol, 'not HTTP/2');
    }
    this.#prefaceLeft -= taken;
    return chunk.subarray(taken);
  }

  /** Adds to the frame that was cut off only what belongs to it: a large chunk behind it is not copied. */
  #complete(chunk: Buffer): void {
    let at = 0;
    for (let needed = this.#needed(); needed > 0 && at < chunk.length; needed = this.#needed()) {
      const taken = Math.min(needed, chunk.length - at);
      this.#held = Buffer.concat([this.#held, chunk.subarray(at, at + taken)]);
      at += taken;
    }
    if (this.#needed() > 0) return;
    const whole = this.#held;
    this.#held = Buffer.alloc(0);
    this.#split(whole);
    this.#split(chunk.subarray(at));
  }

  /** Bytes that the held frame lacks; first of its header, then of its payload. */
  #needed(): number {
    const held = this.#held;
    if (held.length < FRAME_HEADER_BYTES) return FRAME_HEADER_BYTES - held.length;
    return FRAME_HEADER_BYTES + lengthAt(held, 0) - held.length;
  }

  #split(chunk: Buffer): void {
    let at = 0;
    while (chunk.length - at >= FRAME_HEADER_BYTES) {
      const length = lengthAt(chunk, at);
      const start = at + FRAME_HEADER_BYTES;
      if (chunk.length - start < length) break;
      const stream = chunk.readInt32BE(at + 5) & 0x7fff_ffff;
      const [type, flags] = [chunk[at + 3] ?? 0, chunk[at + 4] ?? 0];
      at = start + length;
      this.onFrame({ type, flags, stream, bytes: chunk, start, end: at });
    }
    // A copy: what it was cut from may be large and would be kept with it.
    if (at < chunk.length) this.#held = Buffer.from(chunk.subarray(at));
  }
}

const lengthAt = (bytes: Buffer, at: number): number => {
  const length = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
  if (length > FRAME_SIZE) throw new ConnectionError(H2_ERROR.frameSize, 'a longer frame than allowed');
  return length;
};
