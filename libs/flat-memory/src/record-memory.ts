import { type Imaged, type MemoryImage, Segments } from './segments';

/** 4,096 records a segment: a copy of one, for an image, takes some tens of microseconds. */
const SEGMENT_SHIFT = 12;
const SEGMENT_RECORDS = 1 << SEGMENT_SHIFT;
const WORD_BYTES = 4;

/**
 * Records of a fixed number of 32-bit words, numbered 0, 1, 2... A record never moves. Numbers of 64 bits stand at even
 * words of records with an even number of words.
 */
export class RecordMemory implements Imaged {
  readonly #segments: Segments;
  #count = 0;

  constructor(readonly words: number) {
    if (words % 2 !== 0) throw new RangeError('a record has an even number of words');
    this.#segments = new Segments(SEGMENT_RECORDS * words * WORD_BYTES);
  }

  get size(): number {
    return this.#count;
  }

  /** The number of a new record, all zero. */
  append(): number {
    const record = this.#count;
    this.#count += 1;
    if (record >> SEGMENT_SHIFT === this.#segments.count) this.#segments.grow();
    return record;
  }

  /** The words of all records of the same segment; `at` says where in them the record begins. Not to be written to. */
  segment(record: number): Int32Array {
    return this.#segments.words(record >> SEGMENT_SHIFT);
  }

  at(record: number): number {
    return (record & (SEGMENT_RECORDS - 1)) * this.words;
  }

  get(record: number, word: number): number {
    return this.segment(record)[this.at(record) + word] ?? 0;
  }

  set(record: number, word: number, value: number): void {
    const segment = record >> SEGMENT_SHIFT;
    this.#segments.beforeWrite(segment);
    this.#segments.words(segment)[this.at(record) + word] = value;
  }

  getFloat(record: number, word: number): number {
    return this.#segments.floats(record >> SEGMENT_SHIFT)[(this.at(record) + word) >> 1] ?? 0;
  }

  setFloat(record: number, word: number, value: number): void {
    const segment = record >> SEGMENT_SHIFT;
    this.#segments.beforeWrite(segment);
    this.#segments.floats(segment)[(this.at(record) + word) >> 1] = value;
  }

  /** Every record as it is now, in pieces that `load` takes in the same order. */
  image(): MemoryImage {
    return this.#segments.image(this.#count * this.words * WORD_BYTES);
  }

  /** Fills an empty memory with `count` records from the pieces of an image: `fill` writes all bytes of each. */
  async load(count: number, fill: (piece: Buffer) => Promise<void>): Promise<void> {
    if (this.#count > 0) throw new TypeError('this memory is not empty');
    const recordBytes = this.words * WORD_BYTES;
    for (let first = 0; first < count; first += SEGMENT_RECORDS) {
      this.#segments.grow();
      const bytes = Math.min(SEGMENT_RECORDS, count - first) * recordBytes;
      await fill(this.#segments.bytes(first >> SEGMENT_SHIFT).subarray(0, bytes));
    }
    this.#count = count;
  }

  /** Makes this empty memory equal to another one of records of the same form. */
  copyFrom(other: RecordMemory): void {
    if (this.#count > 0 || other.words !== this.words) throw new TypeError('not an empty memory of the same form');
    for (let segment = 0; segment < other.#segments.count; segment += 1) {
      this.#segments.grow();
      this.#segments.words(segment).set(other.#segments.words(segment));
    }
    this.#count = other.#count;
  }
}
