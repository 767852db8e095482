import { KEY_WORDS, KeyedTable, type RecordMemory, keyOfText } from '@openclaw/flat-memory';

/** Words of a record behind the SHA-256 of the stream's name. */
const SIGNED_REVISION = KEY_WORDS;
const NOTE = KEY_WORDS + 1;
const OWN_WORDS = 2;

/**
 * Revision and closed-or-not of every stream ever seen, 40 bytes each and about 14 to find it. One number a stream:
 * negative = closed at that revision. Streams are known by the SHA-256 of their names. `note` is a number for who
 * projects the streams and has something to find by their names; this table does not look at it.
 */
export class StreamTable {
  readonly #table = new KeyedTable(OWN_WORDS);

  get size(): number {
    return this.#table.size;
  }

  /** The stream's number, the same for ever; -1 = never seen. */
  find(name: string): number {
    return this.#table.find(keyOfText(name));
  }

  /** Number of a stream that was not there. `signedRevision` is not 0. */
  add(name: string, signedRevision: number): number {
    const stream = this.#table.insert(keyOfText(name));
    this.set(stream, signedRevision);
    this.setNote(stream, 0);
    return stream;
  }

  /** 0 = the stream does not exist yet. */
  signedRevision(stream: number): number {
    return stream < 0 ? 0 : this.records.get(stream, SIGNED_REVISION);
  }

  set(stream: number, signedRevision: number): void {
    this.records.set(stream, SIGNED_REVISION, signedRevision);
  }

  note(stream: number): number {
    return stream < 0 ? 0 : this.records.get(stream, NOTE);
  }

  setNote(stream: number, note: number): void {
    this.records.set(stream, NOTE, note);
  }

  /** For images and for loading them; after a load call `reindex`. */
  get records(): RecordMemory {
    return this.#table.records;
  }

  reindex(): void {
    this.#table.reindex();
  }

  /** An equal table that changes alone. */
  copy(): StreamTable {
    const copy = new StreamTable();
    copy.records.copyFrom(this.records);
    copy.reindex();
    return copy;
  }
}
