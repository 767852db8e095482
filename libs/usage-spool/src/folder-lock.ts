import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { realpath } from 'node:fs/promises';
import { createServer } from 'node:net';

/** Another process of this host works in the folder. */
export class FolderTaken extends Error {
  override readonly name = 'FolderTaken';
}

export interface FolderLock {
  release(): Promise<void>;
}

/**
 * Takes a folder for this process; rejects with `FolderTaken` while another holds it. The lock is a socket in Linux's
 * abstract namespace, named after the folder: the kernel frees it with the process, however that ends, and a number of
 * a process that was used again cannot be mistaken for its owner. It holds within one network namespace, so give each
 * container a folder of its own.
 */
export const lockFolder = async (folder: string): Promise<FolderLock> => {
  const name = createHash('sha256')
    .update(await realpath(folder))
    .digest('hex')
    .slice(0, 32);
  const server = createServer((socket) => socket.destroy());
  server.unref();
  server.listen(`\0openclaw-spool-${name}`);
  try {
    await once(server, 'listening');
  } catch {
    throw new FolderTaken(`${folder} is in use by another process: give each validator a folder of its own`);
  }
  return { release: () => new Promise((resolve) => void server.close(() => resolve())) };
};
