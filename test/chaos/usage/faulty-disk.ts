import { type FileHandle, open } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { DiskState } from './validator.protocol';

const LOOK_MS = 2;

/** Stands between this process and its files: every write waits while the disk hangs, and with it what makes it durable. */
export class FaultyDisk {
  #state: DiskState['disk'] = 'well';

  static async install(): Promise<FaultyDisk> {
    const disk = new FaultyDisk();
    const probe = await open(__filename);
    const prototype = Object.getPrototypeOf(probe) as Pick<FileHandle, 'write'>;
    await probe.close();
    const { write } = prototype;
    prototype.write = async function (this: FileHandle, ...given: unknown[]) {
      await disk.#isWell();
      if (disk.#state === 'failing') throw Object.assign(new Error('EIO: the disk failed'), { code: 'EIO' });
      return Reflect.apply(write, this, given) as never;
    };
    return disk;
  }

  set(state: DiskState['disk']): void {
    this.#state = state;
  }

  async #isWell(): Promise<void> {
    while (this.#state === 'hung') await pause(LOOK_MS);
  }
}
