import { endianness } from 'node:os';
import type { LogHead } from '@openclaw/event-log';
import { FOLD_VERSION, type MemoryName } from '../layout';

/**
 * A SNAPSHOT FILE, in order: a preamble of 16 bytes (`OCINDEX\0`, format version, fold version), the pieces of each
 * memory of the index (`layout.ts`), a table of contents in JSON, its length in 4 bytes, and a mark over preamble and
 * table. The table holds the place on the log and a mark of each piece: every byte of the file is under a mark.
 */
const FORMAT_VERSION = 1;
const MAGIC = Buffer.from('OCINDEX\0', 'latin1');
export const PREAMBLE_BYTES = MAGIC.length + 8;
export const MARK_BYTES = 32;
export const TRAILER_BYTES = 4 + MARK_BYTES;

export interface Contents {
  readonly head: LogHead;
  readonly anchor: LogHead;
  readonly endianness: string;
  readonly memories: readonly MemoryContents[];
}

export interface MemoryContents {
  readonly name: MemoryName;
  readonly size: number;
  /** In base64. */
  readonly marks: readonly string[];
}

export const contentsOf = (head: LogHead, anchor: LogHead, memories: readonly MemoryContents[]): Contents => ({
  head,
  anchor,
  endianness: endianness(),
  memories,
});

export const preamble = (): Buffer => {
  const bytes = Buffer.alloc(PREAMBLE_BYTES);
  MAGIC.copy(bytes);
  bytes.writeUInt32LE(FORMAT_VERSION, MAGIC.length);
  bytes.writeUInt32LE(FOLD_VERSION, MAGIC.length + 4);
  return bytes;
};

/** What is wrong with a preamble; undefined = it is one of ours, of today. */
export const preambleFault = (bytes: Buffer): string | undefined => {
  if (bytes.length < PREAMBLE_BYTES || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) return 'it is no snapshot';
  const [format, fold] = [bytes.readUInt32LE(MAGIC.length), bytes.readUInt32LE(MAGIC.length + 4)];
  if (format === FORMAT_VERSION && fold === FOLD_VERSION) return undefined;
  return `it is of version ${format}.${fold}, and this build reads ${FORMAT_VERSION}.${FOLD_VERSION}`;
};
