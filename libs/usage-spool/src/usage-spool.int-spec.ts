import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import {
  FolderTaken,
  type LeftSpool,
  SpoolFull,
  type SpoolRecord,
  type UsageSpool,
  leftFolders,
  lockFolder,
  openUsageSpool,
  readLeft,
} from './index';
import { type SpoolDisk, realDisk } from './segment-file';

const recordOf = (sequence: number, partition = 0): SpoolRecord => ({
  partition,
  sequence,
  key: `usage/p/${partition}`,
  value: Buffer.from(`decision ${sequence}`.padEnd(200, '.')),
});

/** A disk that does as it is told. */
class TestDisk implements SpoolDisk {
  writes = 0;
  failWrite: string | undefined;
  readonly write: SpoolDisk['write'] = async (file, bytes, at) => {
    this.writes += 1;
    if (this.failWrite !== undefined) {
      await realDisk.write(file, bytes.subarray(0, bytes.length / 2), at); // half of it was written by then
      throw Object.assign(new Error(this.failWrite), { code: this.failWrite });
    }
    return realDisk.write(file, bytes.subarray(0, Math.ceil(bytes.length / 2)), at); // a short write is not an error
  };
}

describe('the usage spool', () => {
  let parent: string;
  let disk: TestDisk;
  let fatal: Error[];
  let durable: number[];
  let opened: UsageSpool[];
  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'openclaw-spool-'));
    disk = new TestDisk();
    fatal = [];
    durable = [];
    opened = [];
  });
  afterEach(async () => {
    for (const spool of opened) await spool.close();
    await rm(parent, { recursive: true });
  });

  const open = async (
    producer = 'p1',
    more: { bytesMax?: number; segmentBytesMax?: number } = {},
  ): Promise<UsageSpool> => {
    const spool = await openUsageSpool({
      folder: join(parent, producer),
      durability: 'fsync',
      bytesMax: 10_000_000,
      onDurable: (records) => durable.push(...records.map(({ sequence }) => sequence)),
      onFatal: (reason) => fatal.push(reason),
      disk,
      ...more,
    });
    opened.push(spool);
    return spool;
  };
  const left = async (): Promise<readonly LeftSpool[]> =>
    Promise.all((await leftFolders(parent, new Set())).map(({ producer }) => readLeft(parent, producer)));
  const numbersLeft = async (): Promise<number[]> =>
    (await left()).flatMap(({ records }) => records.map(({ sequence }) => sequence));

  it('holds what it took until the log has it; a spool with nothing left to send leaves nothing behind', async () => {
    const spool = await open();
    const records = [1, 2, 3].map((n) => recordOf(n));
    await Promise.all(records.map((record) => spool.append(record)));
    expect(await numbersLeft()).toEqual([1, 2, 3]);
    expect((await left())[0]?.intact).toBe(true);
    await spool.acknowledged(records);
    expect(spool.bytes).toBe(0);
    await spool.close();
    await spool.close();
    expect(await readdir(parent)).toEqual([]);
  });

  it('makes everything that arrives while the disk is busy durable together', async () => {
    const spool = await open();
    const before = disk.writes;
    await Promise.all(Array.from({ length: 500 }, (_, i) => spool.append(recordOf(i + 1))));
    expect(disk.writes - before).toBeLessThanOrEqual(50); // each comes up short until all is written
    expect(await numbersLeft()).toHaveLength(500);
  });

  it('removes a file with its last record, and keeps its disk bounded while records come and go', async () => {
    const spool = await open('p1', { segmentBytesMax: 2000 });
    for (let n = 1; n <= 100; n += 1) {
      const record = recordOf(n);
      await spool.append(record);
      await spool.acknowledged([record]);
    }
    expect((await readdir(join(parent, 'p1'))).length).toBeLessThanOrEqual(2);
    expect([...((await left())[0]?.last ?? [])]).toEqual([[0, 100]]); // known although all of it is gone
  });

  it('refuses, before a number is given, when too much waits for the log, and takes records again when it is gone', async () => {
    const spool = await open('p1', { bytesMax: 131_072 + 400 });
    const records = [recordOf(1), recordOf(2), recordOf(3)];
    await Promise.all(records.map((record) => spool.append(record)));
    expect(() => spool.mustTake()).toThrow(SpoolFull);
    await spool.acknowledged(records);
    expect(() => spool.mustTake()).not.toThrow();
  });

  it('on a full disk answers nobody, and writes what it has numbered as soon as there is room', async () => {
    const spool = await open();
    disk.failWrite = 'ENOSPC';
    await expect(spool.append(recordOf(1))).rejects.toThrow(SpoolFull);
    expect(() => spool.mustTake()).toThrow(SpoolFull);
    disk.failWrite = undefined;
    await spool.append(recordOf(2)); // waits behind the first
    expect(durable).toEqual([1, 2]); // both may be sent
    expect(await numbersLeft()).toEqual([1, 2]);
    expect((await left())[0]?.intact).toBe(true);
    expect(fatal).toEqual([]);
  });

  it('never tries again what the disk failed to make durable: it answers nobody, and its owner must end', async () => {
    const spool = await open();
    disk.failWrite = 'EIO';
    await expect(spool.append(recordOf(1))).rejects.toThrow('EIO');
    disk.failWrite = undefined;
    const { writes } = disk;
    await expect(spool.append(recordOf(2))).rejects.toThrow('EIO');
    expect(() => spool.mustTake()).toThrow('EIO');
    expect(disk.writes).toBe(writes);
    expect(fatal.map(String)).toEqual(['Error: EIO']);
  });

  it('tells a missing file, or a hole in one, from a torn end', async () => {
    const spool = await open('p1', { segmentBytesMax: 600 });
    for (let n = 1; n <= 8; n += 1) await spool.append(recordOf(n));
    const path = (number: number): string => join(parent, 'p1', `${String(number).padStart(8, '0')}.spool`);
    const files = (await readdir(join(parent, 'p1'))).filter((name) => name.endsWith('.spool')).length;
    await writeFile(path(files + 1), Buffer.alloc(500)); // made ready, and the process ended
    expect((await left())[0]?.intact).toBe(true);
    await rm(path(files + 1));
    await truncate(path(files), 30);
    expect((await left())[0]?.intact).toBe(true);
    await truncate(path(2), 30);
    expect((await left())[0]?.intact).toBe(false);
    await rm(path(2));
    expect((await left())[0]?.intact).toBe(false);
  });

  it('is one process at a time: a second one is turned away until the first has ended', async () => {
    const lock = await lockFolder(parent);
    await expect(lockFolder(parent)).rejects.toThrow(FolderTaken);
    await lock.release();
    await (await lockFolder(parent)).release();
  });

  it('has every record that was acknowledged before a kill -9, in order and without a hole', async () => {
    const program = join(parent, 'writer.ts');
    await writeFile(
      program,
      `import { openUsageSpool } from ${JSON.stringify(join(__dirname, 'index.ts'))};
       void (async () => {
         const spool = await openUsageSpool({
           folder: ${JSON.stringify(join(parent, 'killed'))}, durability: 'fsync', bytesMax: 1e9, segmentBytesMax: 20_000,
           onDurable: () => undefined, onFatal: (error) => { throw error; },
         });
         for (let n = 1; ; n += 1) {
           const record = { partition: 0, sequence: n, key: 'k', value: Buffer.alloc(200) };
           void spool.append(record).then(() => console.log(n));
           if (n % 7 === 0) await new Promise((resolve) => setImmediate(resolve));
         }
       })();`,
    );
    const loader = join(__dirname, '../../../test/testbench/typescript.cjs');
    const child = spawn(process.execPath, ['-r', loader, program], { stdio: ['ignore', 'pipe', 'inherit'] });
    let acknowledged = 0;
    for await (const line of createInterface({ input: child.stdout })) {
      acknowledged = Number(line);
      if (acknowledged >= 2000) child.kill('SIGKILL');
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    const [spool] = (await left()).filter(({ producer }) => producer === 'killed');
    const numbers = spool?.records.map(({ sequence }) => sequence) ?? [];
    expect(spool?.intact).toBe(true);
    expect(numbers.length).toBeGreaterThanOrEqual(acknowledged);
    expect(numbers).toEqual(numbers.map((_, i) => i + 1));
  });
});
