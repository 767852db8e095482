import { readFile, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type LastNumbers, type SpoolRecord, decodeFile, numbersIn } from './batch-frame.codec';

/** A folder that a producer has left: not read yet. */
export interface LeftFolder {
  readonly producer: string;
  /** Of its files. */
  readonly bytes: number;
}

/** What a producer that is no more has left in its folder. */
export interface LeftSpool {
  /** Name of the folder: the producer. */
  readonly producer: string;
  /** Every durable record that can be read, in the order of writing; some were sent before. */
  readonly records: readonly SpoolRecord[];
  /** Partition -> last number that can be known, also of records that were sent and removed before. */
  readonly last: LastNumbers;
  /**
   * Whether nothing durable is missing: no damage, no file missing between others. A torn end is no damage: nobody was
   * answered on it.
   */
  readonly intact: boolean;
  /** When the spool was made, milliseconds since 1970 on the host's clock. */
  readonly beganAtMs: number;
  /** Call when the log has all of it. */
  remove(): Promise<void>;
}

const FILE = /^(\d{8})\.spool$/;

/** The spools in a folder of spools, except those of `living` producers. Missing folder = none. */
export const leftFolders = async (folder: string, living: ReadonlySet<string>): Promise<readonly LeftFolder[]> => {
  const found = await readdir(folder, { withFileTypes: true });
  const left = found.filter((entry) => entry.isDirectory() && !living.has(entry.name));
  return Promise.all(
    left.map(async ({ name: producer }) => {
      const path = join(folder, producer);
      const sizes = (await readdir(path)).map(async (name) => (await stat(join(path, name))).size);
      return { producer, bytes: (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0) };
    }),
  );
};

/** Reads one into memory: as much as the budget of a spool. Rejects when the disk cannot be read; then it stays. */
export const readLeft = async (folder: string, producer: string): Promise<LeftSpool> => {
  const path = join(folder, producer);
  const names = (await readdir(path)).filter((name) => FILE.test(name)).toSorted();
  const files = await Promise.all(names.map(async (name) => decodeFile(await readFile(join(path, name)))));
  const numbers = names.map((name) => Number(FILE.exec(name)?.[1]));
  const isRow = numbers.every((number, i) => i === 0 || number === (numbers[i - 1] ?? 0) + 1);
  // Only the last file can have a torn end: a file is left only when its last frame was durable.
  const areWhole = files.every(({ state }, i) => state === 'whole' || (state === 'torn' && i === files.length - 1));
  const all = files.flatMap(({ records }) => records);
  return {
    producer,
    records: all.filter((record) => numbersIn(record) === undefined),
    last: lastNumbersOf(all),
    beganAtMs: Math.floor((await stat(path)).birthtimeMs),
    intact: names.length > 0 && isRow && areWhole,
    remove: () => rm(path, { recursive: true, force: true }),
  };
};

const lastNumbersOf = (records: readonly SpoolRecord[]): LastNumbers => {
  const last = new Map<number, number>();
  for (const record of records) {
    const told = numbersIn(record) ?? new Map([[record.partition, record.sequence]]);
    for (const [partition, sequence] of told) last.set(partition, Math.max(sequence, last.get(partition) ?? 0));
  }
  return last;
};
