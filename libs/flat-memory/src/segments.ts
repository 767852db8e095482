/** A state of a memory as it was at one moment, in pieces, while the memory goes on changing. */
export interface MemoryImage {
  readonly pieces: number;
  /** A private copy of one piece as it was when the image was taken; each may be taken once. */
  take(piece: number): Buffer;
  /** Must be called, also after a failure: until then every first write to a piece costs a copy of it. */
  end(): void;
}

/** A memory that can be written down while it changes, and read back. */
export interface Imaged {
  readonly size: number;
  /** Everything as it is now. One image at a time. */
  image(): MemoryImage;
  /** Fills an empty memory up to `size` from the pieces of an image: `fill` writes all bytes of each, in order. */
  load(size: number, fill: (piece: Buffer) => Promise<void>): Promise<void>;
}

/**
 * The segments of one memory. They are allocated one by one, so that growing never copies what is there, and outside
 * the heap of JavaScript, so that no collection of garbage ever walks through them.
 */
export class Segments {
  readonly #words: Int32Array[] = [];
  readonly #floats: Float64Array[] = [];
  #image: SegmentsImage | undefined;

  constructor(readonly segmentBytes: number) {}

  get count(): number {
    return this.#words.length;
  }

  grow(): void {
    const memory = new SharedArrayBuffer(this.segmentBytes);
    this.#words.push(new Int32Array(memory));
    this.#floats.push(new Float64Array(memory));
  }

  words(segment: number): Int32Array {
    return this.#words[segment] ?? outside(segment);
  }

  floats(segment: number): Float64Array {
    return this.#floats[segment] ?? outside(segment);
  }

  bytes(segment: number): Buffer {
    return Buffer.from(this.words(segment).buffer);
  }

  /** To be called before each write to a segment: an image that is being taken keeps the segment as it was. */
  beforeWrite(segment: number): void {
    this.#image?.keep(segment);
  }

  /** The first `bytes` bytes as they are now. One image at a time. */
  image(bytes: number): MemoryImage {
    if (this.#image !== undefined) throw new TypeError('an image of this memory is being taken already');
    this.#image = new SegmentsImage(this, bytes, () => (this.#image = undefined));
    return this.#image;
  }
}

class SegmentsImage implements MemoryImage {
  readonly pieces: number;
  readonly #kept = new Map<number, Buffer>();
  readonly #taken: Uint8Array;

  constructor(
    private readonly segments: Segments,
    private readonly byteCount: number,
    readonly end: () => void,
  ) {
    this.pieces = Math.ceil(byteCount / segments.segmentBytes);
    this.#taken = new Uint8Array(this.pieces);
  }

  keep(segment: number): void {
    if (segment >= this.pieces || this.#taken[segment] === 1 || this.#kept.has(segment)) return;
    this.#kept.set(segment, this.#copy(segment));
  }

  take(piece: number): Buffer {
    if (this.#taken[piece] !== 0) throw new RangeError(`piece ${piece} is not there to be taken`);
    const copy = this.#kept.get(piece) ?? this.#copy(piece);
    this.#kept.delete(piece);
    this.#taken[piece] = 1;
    return copy;
  }

  #copy(segment: number): Buffer {
    const { segmentBytes } = this.segments;
    const bytes = Math.min(segmentBytes, this.byteCount - segment * segmentBytes);
    const copy = Buffer.allocUnsafeSlow(bytes);
    this.segments.bytes(segment).copy(copy, 0, 0, bytes);
    return copy;
  }
}

const outside = (segment: number): never => {
  throw new RangeError(`there is no segment ${segment}`);
};
