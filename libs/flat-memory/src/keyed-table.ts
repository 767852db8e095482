import { randomBytes } from 'node:crypto';
import { KEY_WORDS, type Key } from './key';
import { RecordMemory } from './record-memory';

/** Each partition grows alone: at 10 million records one growth moves about 200,000 slots, some milliseconds. */
const PARTITION_BITS = 6;
const SLOTS_MIN = 16;
/** Of four slots at most three are taken (Knuth, The Art of Computer Programming 6.4: about 2.5 looks to find, 8.5 to miss). */
const isFull = (taken: number, slots: number): boolean => taken * 4 > slots * 3;

/** A slot is two words: the tag, and the number of the record plus one; 0 = nothing is here. */
const SLOT_WORDS = 2;
/** The first word behind the key is never 0 in a record that is in use; in a free one the first word links the next. */
const IN_USE = KEY_WORDS;

interface Partition {
  slots: Int32Array;
  taken: number;
}

/**
 * Records by a key of 256 bits: open addressing with linear probing and removal by shifting back. Where a key stands
 * depends on random numbers of this process, so that nobody can choose names that collide. Several records may have one
 * key; who wants one record for each looks first. Users set word `KEY_WORDS` to something else than 0 right after `insert`.
 */
export class KeyedTable {
  readonly records: RecordMemory;
  readonly #partitions: Partition[] = Array.from({ length: 1 << PARTITION_BITS }, () => ({ slots: EMPTY, taken: 0 }));
  readonly #saltA = randomBytes(4).readInt32LE();
  readonly #saltB = randomBytes(4).readInt32LE() | 1;
  readonly #saltC = randomBytes(4).readInt32LE() | 1;
  /** Number of the first free record plus one. */
  #free = 0;
  #size = 0;

  /** `ownWords`: words of a record behind its key. */
  constructor(ownWords: number) {
    this.records = new RecordMemory(KEY_WORDS + ownWords);
  }

  get size(): number {
    return this.#size;
  }

  /** A record with this key, or -1. */
  find(key: Key): number {
    const tag = this.#tagOf(key, 0);
    const { slots } = this.#partition(tag);
    const mask = slots.length / SLOT_WORDS - 1;
    for (let slot = tag & mask; ; slot = (slot + 1) & mask) {
      const record = (slots[slot * SLOT_WORDS + 1] ?? 0) - 1;
      if (record < 0) return -1;
      if (slots[slot * SLOT_WORDS] === tag && this.#has(record, key)) return record;
    }
  }

  /** Every record with this key, in no order, into `found`; answers how many. */
  findAll(key: Key, found: number[]): number {
    const tag = this.#tagOf(key, 0);
    const { slots } = this.#partition(tag);
    const mask = slots.length / SLOT_WORDS - 1;
    let count = 0;
    for (let slot = tag & mask; ; slot = (slot + 1) & mask) {
      const record = (slots[slot * SLOT_WORDS + 1] ?? 0) - 1;
      if (record < 0) return count;
      if (slots[slot * SLOT_WORDS] === tag && this.#has(record, key)) found[count++] = record;
    }
  }

  /** A new record with this key, whatever is there already; what is behind its key must be set by the caller. */
  insert(key: Key): number {
    const record = this.#free > 0 ? this.#free - 1 : this.records.append();
    if (this.#free > 0) this.#free = this.records.get(record, 0);
    for (let word = 0; word < KEY_WORDS; word += 1) this.records.set(record, word, key[word] ?? 0);
    this.#place(this.#tagOf(key, 0), record);
    return record;
  }

  /** Frees a record: its number will be given to another one. */
  remove(record: number): void {
    const tag = this.#tagOf(this.records.segment(record), this.records.at(record));
    const partition = this.#partition(tag);
    const { slots } = partition;
    const mask = slots.length / SLOT_WORDS - 1;
    let slot = tag & mask;
    while (slots[slot * SLOT_WORDS + 1] !== record + 1) slot = (slot + 1) & mask;
    shiftBack(slots, slot, mask);
    partition.taken -= 1;
    this.#size -= 1;
    this.#release(record);
  }

  /** Builds the slots again after `records` were loaded from an image. */
  reindex(): void {
    const { records } = this;
    for (let record = 0; record < records.size; record += 1) {
      if (records.get(record, IN_USE) === 0) this.#release(record);
      else this.#place(this.#tagOf(records.segment(record), records.at(record)), record);
    }
  }

  #release(record: number): void {
    this.records.set(record, 0, this.#free);
    this.records.set(record, IN_USE, 0);
    this.#free = record + 1;
  }

  #place(tag: number, record: number): void {
    const partition = this.#partition(tag);
    partition.taken += 1;
    this.#size += 1;
    if (isFull(partition.taken, partition.slots.length / SLOT_WORDS)) grow(partition);
    put(partition.slots, tag, record + 1);
  }

  #partition(tag: number): Partition {
    return this.#partitions[tag >>> (32 - PARTITION_BITS)] ?? NOWHERE;
  }

  #tagOf(words: Int32Array, at: number): number {
    let tag = Math.imul((words[at] ?? 0) ^ this.#saltA, this.#saltB);
    tag = Math.imul(tag ^ (tag >>> 15) ^ (words[at + 1] ?? 0), this.#saltC);
    return tag ^ (tag >>> 13) ^ (words[at + 2] ?? 0);
  }

  #has(record: number, key: Key): boolean {
    const words = this.records.segment(record);
    const at = this.records.at(record);
    for (let word = 0; word < KEY_WORDS; word += 1) if (words[at + word] !== key[word]) return false;
    return true;
  }
}

/** One slot, always empty: what a partition has before its first record. */
const EMPTY = new Int32Array(SLOT_WORDS);
const NOWHERE: Partition = { slots: EMPTY, taken: 0 };

const grow = (partition: Partition): void => {
  const { slots: before } = partition;
  const slots = Math.max(SLOTS_MIN, (before.length / SLOT_WORDS) * 2);
  partition.slots = new Int32Array(new SharedArrayBuffer(slots * SLOT_WORDS * Int32Array.BYTES_PER_ELEMENT));
  for (let at = 0; at < before.length; at += SLOT_WORDS) {
    const taken = before[at + 1] ?? 0;
    if (taken !== 0) put(partition.slots, before[at] ?? 0, taken);
  }
};

const put = (slots: Int32Array, tag: number, taken: number): void => {
  const mask = slots.length / SLOT_WORDS - 1;
  let slot = tag & mask;
  while (slots[slot * SLOT_WORDS + 1] !== 0) slot = (slot + 1) & mask;
  slots[slot * SLOT_WORDS] = tag;
  slots[slot * SLOT_WORDS + 1] = taken;
};

/** Empties a slot and closes the gap, so that every record stays reachable from the slot of its tag. */
const shiftBack = (slots: Int32Array, emptied: number, mask: number): void => {
  let gap = emptied;
  for (let slot = (gap + 1) & mask; slots[slot * SLOT_WORDS + 1] !== 0; slot = (slot + 1) & mask) {
    const home = (slots[slot * SLOT_WORDS] ?? 0) & mask;
    if (((slot - home) & mask) < ((slot - gap) & mask)) continue;
    slots[gap * SLOT_WORDS] = slots[slot * SLOT_WORDS] ?? 0;
    slots[gap * SLOT_WORDS + 1] = slots[slot * SLOT_WORDS + 1] ?? 0;
    gap = slot;
  }
  slots[gap * SLOT_WORDS] = 0;
  slots[gap * SLOT_WORDS + 1] = 0;
};
