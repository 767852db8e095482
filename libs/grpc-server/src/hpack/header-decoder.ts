import { DynamicTable, entrySize } from './dynamic-table';
import { decodeHuffman } from './huffman';

/** Name, value, name, value... in the order of the block. */
export type HeaderList = readonly string[];

/** The block is not what RFC 7541 allows, or longer than the limit: the connection's state is lost with it. */
export class BadHeaderBlock extends Error {
  override readonly name = 'BadHeaderBlock';
}

export interface HeaderDecoderOptions {
  /** Bytes of the dynamic table, as told to the peer in SETTINGS_HEADER_TABLE_SIZE. */
  readonly tableSize: number;
  /** Bytes of one list, counted as in RFC 9113 section 6.5.2 (32 a field beyond name and value). */
  readonly listSizeMax: number;
}

/** A number of at most 28 bits is as large as any that has a meaning here; more bytes are an attack or a mistake. */
const INTEGER_BYTES_MAX = 4;
/** Blocks of usual calls are shorter; longer ones are not remembered. */
const REMEMBERED_MAX = 512;

/**
 * Decodes the header blocks of one connection. A block that repeats the one before it, byte for byte, and does not
 * change the table, means the same list: that one is given back as it is, and costs a comparison.
 */
export class HeaderDecoder {
  readonly #table: DynamicTable;
  #from: Buffer = Buffer.alloc(0);
  #at = 0;
  #end = 0;
  #list: string[] = [];
  #listSize = 0;
  #changedTable = false;
  readonly #rememberedBytes = Buffer.alloc(REMEMBERED_MAX);
  #rememberedLength = 0;
  #remembered: HeaderList = [];

  constructor(private readonly options: HeaderDecoderOptions) {
    this.#table = new DynamicTable(options.tableSize);
  }

  /** Decodes `from[start..end)`, one whole block; throws `BadHeaderBlock`, and then the connection must end. */
  decode(from: Buffer, start: number, end: number): HeaderList {
    const length = end - start;
    if (length === this.#rememberedLength && from.compare(this.#rememberedBytes, 0, length, start, end) === 0) {
      return this.#remembered;
    }
    [this.#from, this.#at, this.#end, this.#listSize, this.#changedTable] = [from, start, end, 0, false];
    this.#list = [];
    while (this.#at < this.#end) this.#field();
    this.#remember(start, length);
    return this.#list;
  }

  #remember(start: number, length: number): void {
    this.#rememberedLength = this.#changedTable || length > REMEMBERED_MAX ? 0 : length;
    this.#from.copy(this.#rememberedBytes, 0, start, start + this.#rememberedLength);
    this.#remembered = this.#list;
  }

  /** One representation of RFC 7541 section 6. */
  #field(): void {
    const first = this.#from[this.#at] ?? 0;
    if (first >= 0x80) {
      const entry = this.#entry(this.#integer(7));
      this.#push(entry.name, entry.value);
    } else if (first >= 0x40) {
      const [name, value] = this.#literal(6);
      this.#changedTable = true;
      this.#table.add(name, value);
    } else if (first >= 0x20) this.#resize();
    else this.#literal(4);
  }

  #literal(prefix: number): readonly [string, string] {
    const index = this.#integer(prefix);
    const name = index === 0 ? this.#text() : this.#entry(index).name;
    const value = this.#text();
    this.#push(name, value);
    return [name, value];
  }

  /** Allowed only before the first field of a block (RFC 7541 section 4.2). */
  #resize(): void {
    if (this.#list.length > 0) throw new BadHeaderBlock('the table is resized after a field');
    this.#changedTable = true;
    if (!this.#table.resize(this.#integer(5))) throw new BadHeaderBlock('a larger table than allowed');
  }

  #entry(index: number): { readonly name: string; readonly value: string } {
    const entry = this.#table.get(index);
    if (entry === undefined) throw new BadHeaderBlock('a field that was never sent');
    return entry;
  }

  #push(name: string, value: string): void {
    this.#listSize += entrySize(name, value);
    if (this.#listSize > this.options.listSizeMax) throw new BadHeaderBlock('a longer header list than allowed');
    this.#list.push(name, value);
  }

  /** An integer of RFC 7541 section 5.1 whose first byte has `prefix` bits of it. */
  #integer(prefix: number): number {
    const mask = (1 << prefix) - 1;
    let value = (this.#from[this.#at++] ?? 0) & mask;
    if (value < mask) return value;
    for (let taken = 0; taken < INTEGER_BYTES_MAX && this.#at < this.#end; taken += 1) {
      const byte = this.#from[this.#at++] ?? 0;
      value += (byte & 0x7f) * 2 ** (7 * taken);
      if (byte < 0x80) return value;
    }
    throw new BadHeaderBlock('an integer without an end');
  }

  #text(): string {
    if (this.#at >= this.#end) throw new BadHeaderBlock('a field that is cut off');
    const isHuffman = (this.#from[this.#at] ?? 0) >= 0x80;
    const length = this.#integer(7);
    const start = this.#at;
    this.#at += length;
    if (this.#at > this.#end) throw new BadHeaderBlock('a text that is cut off');
    if (!isHuffman) return this.#from.toString('latin1', start, this.#at);
    const text = decodeHuffman(this.#from, start, this.#at);
    if (text === undefined) throw new BadHeaderBlock('a text that is no Huffman code');
    return text;
  }
}
