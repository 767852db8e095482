import { type FileHandle, open } from 'node:fs/promises';
import { endianness } from 'node:os';
import type { KeptIndex } from '../code-index';
import { FlatCodes } from '../flat-codes';
import { MEMORIES } from '../layout';
import { parseContents } from './snapshot-contents.parser';
import {
  type Contents,
  MARK_BYTES,
  type MemoryContents,
  PREAMBLE_BYTES,
  TRAILER_BYTES,
  preambleFault,
} from './snapshot-form';
import type { SnapshotSeal } from './snapshot-seal';

/** A snapshot that must not be used. Throw it away; the log holds everything. */
export class SnapshotRefused extends Error {
  override readonly name = 'SnapshotRefused';
}

/**
 * The state in a snapshot, and its place; undefined when there is no file. Rejects with `SnapshotRefused` for one that is
 * damaged in any byte, cut off, or of another version. Whether the log is still the one that it is of is for the log to
 * say (`ResumePoint`).
 */
export const readSnapshot = async (path: string, seal: SnapshotSeal): Promise<KeptIndex | undefined> => {
  const file = await openIfThere(path);
  if (file === undefined) return undefined;
  try {
    const { contents, at } = await readContents(file, seal);
    const state = new FlatCodes();
    const reading = { file, at: PREAMBLE_BYTES, seal };
    for (const name of MEMORIES) {
      const its = contents.memories.find((one) => one.name === name);
      if (its === undefined) throw new SnapshotRefused(`it holds no ${name}`);
      await readMemory(reading, state, its);
    }
    if (reading.at !== at) throw new SnapshotRefused('it holds more than it says');
    state.reindex();
    return { state, head: contents.head, anchor: contents.anchor };
  } finally {
    await file.close();
  }
};

interface Reading {
  readonly file: FileHandle;
  at: number;
  readonly seal: SnapshotSeal;
}

/** The table of contents, and where it begins. */
const readContents = async (file: FileHandle, seal: SnapshotSeal): Promise<{ contents: Contents; at: number }> => {
  const { size } = await file.stat();
  const preamble = await bytesAt(file, 0, Math.min(PREAMBLE_BYTES, size));
  const fault = preambleFault(preamble);
  if (fault !== undefined) throw new SnapshotRefused(fault);
  const trailer = await bytesAt(file, Math.max(size - TRAILER_BYTES, 0), Math.min(TRAILER_BYTES, size));
  const length = trailer.readUInt32LE(0);
  const at = size - TRAILER_BYTES - length;
  if (at < PREAMBLE_BYTES) throw new SnapshotRefused('it is cut off or damaged');
  const table = await bytesAt(file, at, length);
  const isOurs = seal.fits(Buffer.concat([preamble, table]), trailer.subarray(TRAILER_BYTES - MARK_BYTES));
  if (!isOurs) throw new SnapshotRefused('it is cut off, damaged, or not sealed under this pepper');
  const contents = parseContents(table);
  if (contents.endianness !== endianness()) throw new SnapshotRefused('it was written on another kind of machine');
  return { contents, at };
};

const readMemory = async (reading: Reading, state: FlatCodes, { name, size, marks }: MemoryContents): Promise<void> => {
  let piece = 0;
  await state.memories[name].load(size, async (into) => {
    const { bytesRead } = await reading.file.read(into, 0, into.length, reading.at);
    const mark = Buffer.from(marks[piece] ?? '', 'base64');
    if (bytesRead !== into.length || !reading.seal.fits(into, mark)) {
      throw new SnapshotRefused(`piece ${piece} of its ${name} is damaged`);
    }
    reading.at += into.length;
    piece += 1;
  });
};

const bytesAt = async (file: FileHandle, at: number, length: number): Promise<Buffer> => {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, at);
  return buffer.subarray(0, bytesRead);
};

const openIfThere = (path: string): Promise<FileHandle | undefined> =>
  open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
