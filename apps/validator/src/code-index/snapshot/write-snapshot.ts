import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { MemoryImage } from '@openclaw/flat-memory';
import type { CodeIndex } from '../code-index';
import { MEMORIES, type MemoryName } from '../layout';
import { type MemoryContents, contentsOf, preamble } from './snapshot-form';
import type { SnapshotSeal } from './snapshot-seal';

/**
 * Writes the state of this very turn to `path`, all or nothing: into a file beside it, synced, renamed. The index goes
 * on meanwhile; each turn copies and marks one piece, at most a megabyte. Rejects with the error of the disk; what was
 * at `path` is then still there. Safe to retry; not twice at once for one index.
 */
export const writeSnapshot = async (path: string, index: CodeIndex, seal: SnapshotSeal): Promise<void> => {
  const { state, anchor } = index;
  const head = index.applied();
  const images = MEMORIES.map((name) => ({
    name,
    size: state.memories[name].size,
    image: state.memories[name].image(),
  }));
  const beside = `${path}.${process.pid}.tmp`;
  try {
    const file = await open(beside, 'w', 0o600);
    try {
      await file.write(preamble());
      const memories: MemoryContents[] = [];
      for (const one of images) memories.push(await writeMemory(file, one, seal));
      await writeContents(file, Buffer.from(JSON.stringify(contentsOf(head, anchor, memories))), seal);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
    await syncFolder(dirname(path));
  } finally {
    for (const { image } of images) image.end();
    await rm(beside, { force: true });
  }
};

const writeMemory = async (
  file: FileHandle,
  { name, size, image }: { readonly name: MemoryName; readonly size: number; readonly image: MemoryImage },
  seal: SnapshotSeal,
): Promise<MemoryContents> => {
  const marks: string[] = [];
  for (let piece = 0; piece < image.pieces; piece += 1) {
    const bytes = image.take(piece);
    marks.push(seal.mark(bytes).toString('base64'));
    await file.write(bytes);
  }
  return { name, size, marks };
};

const writeContents = async (file: FileHandle, contents: Buffer, seal: SnapshotSeal): Promise<void> => {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(contents.length);
  await file.write(Buffer.concat([contents, length, seal.mark(Buffer.concat([preamble(), contents]))]));
};

/** A rename is on the disk when its folder is. */
const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};
