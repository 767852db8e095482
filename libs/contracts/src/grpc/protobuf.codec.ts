/**
 * The wire format of Protocol Buffers (protobuf.dev/programming-guides/encoding), as much as our messages need: a tag is
 * field number * 8 + wire type. What is generated from the proto files reads and writes through these.
 */

const VARINT = 0;
const FIXED_64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED_32 = 5;
const VARINT_BYTES_MAX = 10;

/** The bytes are no message: cut off, or written by nobody who knows the format. */
class MalformedMessage extends Error {
  override readonly name = 'MalformedMessage';
}

/** Reads one message from its first byte to its last. Every read throws `MalformedMessage` beyond the end. */
export class ProtobufReader {
  #at: number;
  #end: number;

  constructor(private readonly bytes: Buffer) {
    this.#at = 0;
    this.#end = bytes.length;
  }

  /** The next tag; 0 at the end of the message. */
  tag(): number {
    if (this.#at === this.#end) return 0;
    const tag = this.uint32();
    if (tag < 8) throw new MalformedMessage('field number 0');
    return tag;
  }

  uint32(): number {
    let byte = this.#byte();
    if (byte < 0x80) return byte;
    let value = byte & 0x7f;
    for (let taken = 1; taken < VARINT_BYTES_MAX; taken += 1) {
      byte = this.#byte();
      // Of more than 32 bits the upper ones are dropped, as the format asks for.
      if (taken < 5) value |= (byte & 0x7f) << (7 * taken);
      if (byte < 0x80) return value >>> 0;
    }
    throw new MalformedMessage('a number without an end');
  }

  string(): string {
    const start = this.#span();
    return this.bytes.toString('utf8', start, this.#at);
  }

  /** A message within the message: `read` gets this reader, bounded to it. */
  message<T>(read: (from: ProtobufReader) => T): T {
    const start = this.#span();
    const [next, end] = [this.#at, this.#end];
    [this.#at, this.#end] = [start, next];
    const value = read(this);
    [this.#at, this.#end] = [next, end];
    return value;
  }

  /** Passes over a field that is not known. Groups are from before proto3, and nobody has sent one for a good reason. */
  skip(tag: number): void {
    switch (tag & 7) {
      case VARINT:
        this.uint32();
        return;
      case FIXED_64:
        this.#advance(8);
        return;
      case LENGTH_DELIMITED:
        this.#span();
        return;
      case FIXED_32:
        this.#advance(4);
        return;
      default:
        throw new MalformedMessage('a group');
    }
  }

  #byte(): number {
    if (this.#at >= this.#end) throw new MalformedMessage('cut off');
    return this.bytes[this.#at++] ?? 0;
  }

  /** Passes over a length-delimited field and gives where it starts. */
  #span(): number {
    const length = this.uint32();
    const start = this.#at;
    this.#advance(length);
    return start;
  }

  #advance(bytes: number): void {
    this.#at += bytes;
    if (this.#at > this.#end) throw new MalformedMessage('cut off');
  }
}

const FIRST_BYTES = 16 * 1024;
/** Beyond it, the engine's own encoder is faster than a loop. */
const LOOPED_MAX = 64;

/** Writes messages into a buffer that it keeps; use it for one message after the other, within one turn each. */
export class ProtobufWriter {
  #bytes: Buffer = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #at = 0;

  /** The bytes of what `write` writes: a view that is good until the next message. */
  written<T>(value: T, write: (to: ProtobufWriter, value: T) => void): Buffer {
    this.#at = 0;
    write(this, value);
    return this.#bytes.subarray(0, this.#at);
  }

  uint32(tag: number, value: number): void {
    this.#reserve(20);
    this.#varint(tag);
    this.#varint(value);
  }

  bool(tag: number, value: boolean): void {
    this.uint32(tag, value ? 1 : 0);
  }

  /** The number of an enum's name; 0, the first of each enum, is what an absent field means. */
  enum(tag: number, value: number | undefined): void {
    if (value !== undefined && value !== 0) this.uint32(tag, value);
  }

  /** A whole number of at most 2^53, as text; negative ones take ten bytes. */
  int64(tag: number, value: string): void {
    this.#reserve(20);
    this.#varint(tag);
    const number = Number(value);
    if (number >= 0) this.#varint(number);
    else
      for (let rest = BigInt.asUintN(64, BigInt(value)); ; rest >>= 7n) {
        const byte = Number(rest & 0x7fn);
        if (rest < 0x80n) {
          this.#bytes[this.#at++] = byte;
          return;
        }
        this.#bytes[this.#at++] = byte | 0x80;
      }
  }

  string(tag: number, value: string): void {
    this.#reserve(20 + value.length * 3);
    this.#varint(tag);
    if (value.length <= LOOPED_MAX && this.#ascii(value)) return;
    this.#varint(Buffer.byteLength(value));
    this.#at += this.#bytes.write(value, this.#at);
  }

  message<T>(tag: number, value: T, write: (to: ProtobufWriter, value: T) => void): void {
    this.#reserve(20);
    this.#varint(tag);
    // Most are shorter than 128 bytes, so that their length takes one; the others are moved.
    const start = (this.#at += 1);
    write(this, value);
    const length = this.#at - start;
    if (length < 0x80) {
      this.#bytes[start - 1] = length;
      return;
    }
    this.#reserve(4);
    const more = length < 0x4000 ? 1 : length < 0x20_0000 ? 2 : 3;
    this.#bytes.copyWithin(start + more, start, this.#at);
    this.#at = start - 1;
    this.#varint(length);
    this.#at += length;
  }

  /** False, and nothing is written, when a character of it takes more than a byte. */
  #ascii(value: string): boolean {
    const start = this.#at + 1;
    for (let i = 0; i < value.length; i += 1) {
      const character = value.charCodeAt(i);
      if (character >= 0x80) return false;
      this.#bytes[start + i] = character;
    }
    this.#bytes[this.#at] = value.length;
    this.#at = start + value.length;
    return true;
  }

  #varint(value: number): void {
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.#bytes[this.#at++] = (rest % 0x80) | 0x80;
    this.#bytes[this.#at++] = rest;
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.#at + bytes));
    this.#bytes.copy(larger, 0, 0, this.#at);
    this.#bytes = larger;
  }
}
