import { type Imaged, type MemoryImage, Segments } from './segments';

const SEGMENT_SHIFT = 20;
const SEGMENT_BYTES = 1 << SEGMENT_SHIFT;
/** Addresses are 32 bits, unsigned. */
const BYTES_MAX = 2 ** 32;

/** Texts, one behind the other, for ever. A text of at most 1 MiB never crosses the end of a segment. */
export class ByteArena implements Imaged {
  readonly #segments = new Segments(SEGMENT_BYTES);
  readonly #buffers: Buffer[] = [];
  #end = 0;

  /** Bytes that are taken. */
  get size(): number {
    return this.#end;
  }

  /** The address of a text of so many bytes of UTF-8, which is now kept. Throws `RangeError` when it has no room. */
  add(text: string, bytes: number): number {
    if (bytes === 0) return this.#end;
    const room = SEGMENT_BYTES - (this.#end & (SEGMENT_BYTES - 1));
    const address = bytes > room ? this.#end + room : this.#end;
    if (bytes > SEGMENT_BYTES || address + bytes > BYTES_MAX) throw new RangeError('no room for a text');
    while (this.#segments.count * SEGMENT_BYTES < address + bytes) this.#segments.grow();
    const segment = Math.floor(address / SEGMENT_BYTES);
    this.#segments.beforeWrite(segment);
    this.#bytesOf(segment).write(text, address & (SEGMENT_BYTES - 1), bytes, 'utf8');
    this.#end = address + bytes;
    return address;
  }

  /** The UTF-8 text of `length` bytes at an address. */
  text(address: number, length: number): string {
    if (length === 0) return '';
    const from = address & (SEGMENT_BYTES - 1);
    return this.#bytesOf(Math.floor(address / SEGMENT_BYTES)).toString('utf8', from, from + length);
  }

  /** The same for bytes that are all ASCII: half the time. */
  ascii(address: number, length: number): string {
    const from = address & (SEGMENT_BYTES - 1);
    return this.#bytesOf(Math.floor(address / SEGMENT_BYTES)).toString('latin1', from, from + length);
  }

  image(): MemoryImage {
    return this.#segments.image(this.#end);
  }

  /** Fills an empty arena with `size` bytes from the pieces of an image. */
  async load(size: number, fill: (piece: Buffer) => Promise<void>): Promise<void> {
    if (this.#end > 0) throw new TypeError('this arena is not empty');
    for (let first = 0; first < size; first += SEGMENT_BYTES) {
      this.#segments.grow();
      const bytes = this.#segments.bytes(this.#segments.count - 1);
      await fill(bytes.subarray(0, Math.min(SEGMENT_BYTES, size - first)));
    }
    this.#end = size;
  }

  #bytesOf(segment: number): Buffer {
    const known = this.#buffers[segment] ?? this.#segments.bytes(segment);
    this.#buffers[segment] = known;
    return known;
  }
}
