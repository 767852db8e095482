import { ByteArena, KeyedTable, keyOfText } from '@openclaw/flat-memory';
import { TEXT, TEXT_OWN_WORDS } from './layout';

/** Texts by what they say: each different one is kept once. */
export class TextTable {
  readonly table = new KeyedTable(TEXT_OWN_WORDS);
  readonly bytes = new ByteArena();

  /** The number of a text; a new one is kept. */
  intern(text: string): number {
    const known = this.find(text);
    if (known >= 0) return known;
    const added = this.table.insert(keyOfText(text));
    const { at, bytes } = this.keep(text);
    this.table.records.set(added, TEXT.bytes, bytes + 1);
    this.table.records.set(added, TEXT.at, at);
    return added;
  }

  /** -1: not a text that is kept. */
  find(text: string): number {
    return this.table.find(keyOfText(text));
  }

  text(number: number): string {
    const { records } = this.table;
    return this.kept(records.get(number, TEXT.at), records.get(number, TEXT.bytes) - 1);
  }

  /** Keeps a text that nobody else has: without a number, to be asked for by its place. */
  keep(text: string): { readonly at: number; readonly bytes: number } {
    const bytes = Buffer.byteLength(text);
    return { at: this.bytes.add(text, bytes) | 0, bytes };
  }

  kept(at: number, bytes: number): string {
    return this.bytes.text(at >>> 0, bytes);
  }
}
