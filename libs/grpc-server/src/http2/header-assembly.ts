import type { Frame } from './frame-splitter';
import type { Http2Limits } from './limits';
import { FLAG, H2_ERROR, ConnectionError } from './protocol';

/** A header block in one piece: `bytes[start..end)`. */
export interface HeaderBlock {
  readonly stream: number;
  readonly endStream: boolean;
  /** The stream says that it depends on itself: an error of the stream (RFC 7540 section 5.3.1). */
  readonly dependsOnItself: boolean;
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
}

const PRIORITY_BYTES = 5;

/** Puts HEADERS and its CONTINUATIONs together, within the limits: a block cannot grow for ever (CVE-2024-27316). */
export class HeaderAssembly {
  #pieces: Buffer[] = [];
  #first: HeaderBlock | undefined;

  constructor(private readonly limits: Pick<Http2Limits, 'headerListBytesMax' | 'headerFramesMax'>) {}

  /** Whether only a CONTINUATION may come now, of the stream that began the block. */
  get isOpen(): boolean {
    return this.#first !== undefined;
  }

  /** The block, when it is whole with this frame. */
  headers(frame: Frame): HeaderBlock | undefined {
    const { bytes, flags, stream } = frame;
    const content = unpadded(frame);
    const { end } = content;
    let { start } = content;
    let dependsOnItself = false;
    if ((flags & FLAG.priority) !== 0) {
      if (end - start < PRIORITY_BYTES) throw new ConnectionError(H2_ERROR.frameSize, 'HEADERS are too short');
      dependsOnItself = (bytes.readInt32BE(start) & 0x7fff_ffff) === stream;
      start += PRIORITY_BYTES;
    }
    const endStream = (flags & FLAG.endStream) !== 0;
    const block: HeaderBlock = { stream, endStream, dependsOnItself, bytes, start, end };
    if ((flags & FLAG.endHeaders) !== 0) return block;
    this.#first = block;
    this.#keep(bytes, start, end);
    return undefined;
  }

  continuation({ stream, flags, bytes, start, end }: Frame): HeaderBlock | undefined {
    const first = this.#first;
    if (first?.stream !== stream) throw new ConnectionError(H2_ERROR.protocol, 'CONTINUATION of nothing');
    this.#keep(bytes, start, end);
    if ((flags & FLAG.endHeaders) === 0) return undefined;
    const whole = Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#first = undefined;
    return { ...first, bytes: whole, start: 0, end: whole.length };
  }

  #keep(bytes: Buffer, start: number, end: number): void {
    this.#pieces.push(Buffer.from(bytes.subarray(start, end)));
    const length = this.#pieces.reduce((sum, piece) => sum + piece.length, 0);
    if (this.#pieces.length > this.limits.headerFramesMax || length > this.limits.headerListBytesMax) {
      throw new ConnectionError(H2_ERROR.enhanceYourCalm, 'a longer header block than allowed');
    }
  }
}

/** Where the content of a frame with padding is; throws `ConnectionError` when there is more padding than frame. */
export const unpadded = ({ flags, bytes, start, end }: Frame): { start: number; end: number } => {
  if ((flags & FLAG.padded) === 0) return { start, end };
  const padding = start < end ? (bytes[start] ?? 0) : 0;
  if (start + 1 + padding > end) throw new ConnectionError(H2_ERROR.protocol, 'more padding than frame');
  return { start: start + 1, end: end - padding };
};
