import { STATIC_TABLE } from './static-table';

/** RFC 7541 section 4.1: what an entry costs beyond its name and value. */
const ENTRY_OVERHEAD = 32;

export const entrySize = (name: string, value: string): number => name.length + value.length + ENTRY_OVERHEAD;

interface Entry {
  readonly name: string;
  readonly value: string;
}

const STATIC: readonly Entry[] = STATIC_TABLE.map(([name, value]) => ({ name, value }));

/** The header fields that a peer may name by number: the fixed ones, then the ones it has sent before, newest first. */
export class DynamicTable {
  /** Oldest first. */
  #entries: Entry[] = [];
  #size = 0;
  #sizeMax: number;

  /** `limit`: what we allow the peer, in bytes (SETTINGS_HEADER_TABLE_SIZE). */
  constructor(private readonly limit: number) {
    this.#sizeMax = limit;
  }

  /** Entry `index`, from 1; undefined when there is none. */
  get(index: number): Entry | undefined {
    if (index <= STATIC.length) return STATIC[index - 1];
    return this.#entries[this.#entries.length - (index - STATIC.length)];
  }

  /** An entry that does not fit empties the table (RFC 7541 section 4.4). */
  add(name: string, value: string): void {
    const size = entrySize(name, value);
    this.#evict(this.#sizeMax - size);
    if (size > this.#sizeMax) return;
    this.#entries.push({ name, value });
    this.#size += size;
  }

  /** False: more than we allow. */
  resize(sizeMax: number): boolean {
    if (sizeMax > this.limit) return false;
    this.#sizeMax = sizeMax;
    this.#evict(sizeMax);
    return true;
  }

  #evict(sizeMax: number): void {
    let gone = 0;
    for (const entry of this.#entries) {
      if (this.#size <= sizeMax) break;
      this.#size -= entrySize(entry.name, entry.value);
      gone += 1;
    }
    if (gone > 0) this.#entries = this.#entries.slice(gone);
  }
}
