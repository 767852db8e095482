import { constants } from 'node:fs';
import { type FileHandle, open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FILE_HEADER } from './batch-frame.codec';
import { syncFolder } from './durable-folder';

/** What a segment asks of the disk; tests put a failing one here. */
export interface SpoolDisk {
  write(file: FileHandle, bytes: Buffer, at: number): Promise<number>;
}

export const realDisk: SpoolDisk = {
  write: async (file, bytes, at) => (await file.write(bytes, 0, bytes.length, at)).bytesWritten,
};

export interface SegmentOptions {
  /** Made ready on the disk at once: a write that does not lengthen the file costs half of one that does. */
  readonly bytes: number;
  /** A file that `fillWithZeros` has made ready: becomes this one. */
  readonly spare?: string | undefined;
  /** Whether a write is on the disk when it resolves, or only with the kernel. */
  readonly durable: boolean;
  readonly disk: SpoolDisk;
}

const { O_CREAT, O_EXCL, O_WRONLY, O_DSYNC } = constants;

/**
 * One file of the spool: filled frame by frame until it is full; removed when all of it was sent. When it is to be
 * durable it is written full of zeros first, so that a frame changes nothing but data, and open with O_DSYNC: a write
 * that resolves is as durable as one with an fdatasync after it (open(2)), in one turn of the disk instead of two.
 */
export class SegmentFile {
  /** Records in it that the log has not acknowledged. */
  unacknowledged = 0;
  #size = 0;

  private constructor(
    readonly path: string,
    private readonly file: FileHandle,
    private readonly disk: SpoolDisk,
  ) {}

  /** A new file that begins with `start` and whose name survives a crash; a failure leaves none, so that the call may be repeated. */
  static async create(path: string, start: Buffer, options: SegmentOptions): Promise<SegmentFile> {
    const { durable, disk, bytes, spare } = options;
    if (spare !== undefined) await rename(spare, path);
    else if (durable) await fillWithZeros(path, bytes);
    const flags = durable ? O_WRONLY | O_DSYNC : O_WRONLY | O_CREAT | O_EXCL;
    const segment = new SegmentFile(path, await open(path, flags, 0o600), disk);
    try {
      await segment.append(Buffer.concat([FILE_HEADER, start]));
      await syncFolder(dirname(path));
      return segment;
    } catch (error) {
      await segment.close();
      await segment.remove();
      throw error;
    }
  }

  get size(): number {
    return this.#size;
  }

  /**
   * Writes all of it at the end. When there is no room, the file ends where it ended before and the call may be repeated;
   * any other rejection is final, because nobody knows what is on the disk (never try again, ARCHITECTURE section 8).
   */
  async append(bytes: Buffer): Promise<void> {
    try {
      for (let done = 0; done < bytes.length;) {
        done += await this.disk.write(this.file, bytes.subarray(done), this.#size + done);
      }
      this.#size += bytes.length;
    } catch (error) {
      await this.file.truncate(this.#size);
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.file.close();
  }

  async remove(): Promise<void> {
    await unlink(this.path);
  }
}

/** A new file of zeros, on the disk when it resolves. Leaves no file when it fails. */
export const fillWithZeros = async (path: string, bytes: number): Promise<void> => {
  const file = await open(path, O_CREAT | O_EXCL | O_WRONLY, 0o600);
  try {
    await file.writeFile(Buffer.alloc(bytes));
    await file.sync();
  } catch (error) {
    await unlink(path);
    throw error;
  } finally {
    await file.close();
  }
};
