import { mkdir, rm, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setImmediate as endOfTurn, setTimeout as pauseFor } from 'node:timers/promises';
import { RECORD_BYTES_MAX, type SpoolRecord, encodeFrame, frameBytesOf, numbersRecord } from './batch-frame.codec';
import { syncFolder } from './durable-folder';
import { SegmentFile, type SpoolDisk, fillWithZeros, realDisk } from './segment-file';

/** `fsync`: on disk, survives a power cut. `page-cache`: with the kernel, survives the end of the process only. */
export type SpoolDurability = 'fsync' | 'page-cache';

export interface UsageSpoolOptions {
  /** Does not exist yet: one folder a producer, never used again. */
  readonly folder: string;
  readonly durability: SpoolDurability;
  /** Bytes that may wait for the log's acknowledgement, on disk and in memory. */
  readonly bytesMax: number;
  /** Bytes of the same budget that others take, such as spools of predecessors that are still being sent. */
  readonly bytesElsewhere?: () => number;
  readonly segmentBytesMax?: number;
  /** Records that have become durable, in order: they may be sent. */
  readonly onDurable: (records: readonly SpoolRecord[]) => void;
  /** The disk failed in a way after which nothing is known: the process must end, loudly. */
  readonly onFatal: (reason: Error) => void;
  readonly disk?: SpoolDisk;
}

/** The spool takes no record now: nothing may be answered. Try again later. */
export class SpoolFull extends Error {
  override readonly name = 'SpoolFull';
}

export class SpoolClosed extends Error {
  override readonly name = 'SpoolClosed';
}

/** At 10,000 decisions a second one file a second; and of a small budget no more than an eighth. */
const SEGMENT_BYTES_MAX = 4 * 1024 * 1024;
const SEGMENTS_PER_BUDGET = 8;
const RETRY_MS = 250;
const NO_ROOM = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

export const openUsageSpool = async (options: UsageSpoolOptions): Promise<UsageSpool> => {
  await mkdir(options.folder, { mode: 0o700 });
  await syncFolder(dirname(options.folder));
  const spool = new UsageSpool(options);
  await spool.open();
  return spool;
};

interface Group {
  readonly records: SpoolRecord[];
  readonly durable: PromiseWithResolvers<void>;
}

/**
 * Records on their way to the log, durable before anyone is answered. Whatever arrives while the disk is busy becomes
 * the next group: one write for all of it, durable when it resolves. A record leaves when the log has acknowledged it; the file goes
 * with its last record.
 */
export class UsageSpool {
  readonly #disk: SpoolDisk;
  readonly #segments: SegmentFile[] = [];
  readonly #segmentOf = new Map<SpoolRecord, SegmentFile>();
  #made = 0;
  /** The next file, made ready while this one is filled; resolves with undefined when the disk had no room for it. */
  #spare: Promise<string | undefined> = Promise.resolve(undefined);
  #waiting: Group | undefined;
  #writing: Promise<void> | undefined;
  #bytes = 0;
  #count = 0;
  readonly #last = new Map<number, number>();
  #hasNoRoom = false;
  #ended: Error | undefined;
  #isClosed = false;

  constructor(private readonly options: UsageSpoolOptions) {
    this.#disk = options.disk ?? realDisk;
  }

  get #segmentBytes(): number {
    const { segmentBytesMax = SEGMENT_BYTES_MAX, bytesMax } = this.options;
    return Math.min(segmentBytesMax, Math.ceil(bytesMax / SEGMENTS_PER_BUDGET));
  }

  async open(): Promise<void> {
    await this.#nextSegment();
  }

  get durability(): SpoolDurability {
    return this.options.durability;
  }

  /** Bytes that wait for the log's acknowledgement. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Records that wait for the log's acknowledgement. */
  get count(): number {
    return this.#count;
  }

  /** The last number of a partition that is durable; 0 before the first. */
  lastDurable(partition: number): number {
    return this.#last.get(partition) ?? 0;
  }

  /** Throws when `append` would: to be asked BEFORE a number is given to a record, so that a refusal leaves no hole. */
  mustTake(): void {
    if (this.#ended !== undefined) throw this.#ended;
    if (this.#hasNoRoom) throw new SpoolFull('the disk of the usage spool is full');
    const { bytesMax, bytesElsewhere } = this.options;
    if (this.#bytes + (bytesElsewhere?.() ?? 0) + RECORD_BYTES_MAX > bytesMax)
      throw new SpoolFull('the usage spool is full');
  }

  /**
   * Takes a record; resolves when it is durable. A rejection means that the answer must not be given; the record is
   * kept all the same and written when there is room, because its number is taken.
   */
  append(record: SpoolRecord): Promise<void> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    this.#bytes += frameBytesOf(record);
    this.#count += 1;
    this.#waiting ??= { records: [], durable: Promise.withResolvers() };
    this.#waiting.records.push(record);
    const { promise } = this.#waiting.durable;
    this.#writing ??= this.#writeAll();
    return promise;
  }

  /** The log has it: the spool forgets it. */
  async acknowledged(records: readonly SpoolRecord[]): Promise<void> {
    for (const record of records) {
      const segment = this.#segmentOf.get(record);
      if (segment === undefined) continue;
      this.#segmentOf.delete(record);
      this.#bytes -= frameBytesOf(record);
      this.#count -= 1;
      segment.unacknowledged -= 1;
    }
    while (this.#segments.length > 1 && this.#segments[0]?.unacknowledged === 0) {
      const segment = this.#segments.shift();
      await segment?.close();
      await segment?.remove();
    }
  }

  /** Resolves when everything that was taken so far is durable, or the spool has ended. */
  async written(): Promise<void> {
    await this.#writing;
  }

  /** Writes what is waiting, then ends. A spool with nothing left to send removes its folder. Safe to repeat. */
  async close(): Promise<void> {
    await this.#writing;
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#ended ??= new SpoolClosed('the usage spool is closed');
    const spare = await this.#spare;
    if (spare !== undefined) await unlink(spare);
    for (const segment of this.#segments) await segment.close();
    if (this.#count === 0) await rm(this.options.folder, { recursive: true });
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting !== undefined && this.#ended === undefined) {
      await endOfTurn(); // what other connections have brought goes along: a group costs as much as a record
      const group = this.#waiting;
      this.#waiting = undefined;
      await this.#write(group);
    }
    this.#writing = undefined;
  }

  async #write({ records, durable }: Group): Promise<void> {
    durable.promise.catch(() => undefined); // each caller sees it; without callers nobody has to
    const frame = encodeFrame(records);
    try {
      const segment = await this.#appended(frame, durable);
      segment.unacknowledged += records.length;
      for (const record of records) {
        this.#segmentOf.set(record, segment);
        this.#last.set(record.partition, record.sequence);
      }
      durable.resolve();
      this.options.onDurable(records);
    } catch (error) {
      this.#ended = error instanceof Error ? error : new Error(String(error));
      durable.reject(this.#ended);
      this.#waiting?.durable.reject(this.#ended);
      this.options.onFatal(this.#ended);
    }
  }

  /** Writes the frame, waiting for room as long as it takes; whoever waits for an answer is told at once. */
  async #appended(frame: Buffer, durable: Group['durable']): Promise<SegmentFile> {
    for (;;) {
      try {
        const segment = await this.#segmentFor(frame.length);
        await segment.append(frame);
        this.#hasNoRoom = false;
        return segment;
      } catch (error) {
        if (!isNoRoom(error)) throw error;
        this.#hasNoRoom = true;
        durable.reject(new SpoolFull('the disk of the usage spool is full'));
        await pauseFor(RETRY_MS, undefined, { ref: false });
      }
    }
  }

  async #segmentFor(bytes: number): Promise<SegmentFile> {
    const last = this.#segments.at(-1);
    return last !== undefined && last.size + bytes <= this.#segmentBytes ? last : this.#nextSegment();
  }

  async #nextSegment(): Promise<SegmentFile> {
    const number = String(this.#made + 1).padStart(8, '0');
    const start = encodeFrame([numbersRecord(this.#last)]);
    const path = join(this.options.folder, `${number}.spool`);
    const durable = this.options.durability === 'fsync';
    const spare = await this.#spare;
    this.#spare = Promise.resolve(undefined);
    const bytes = this.#segmentBytes;
    const segment = await SegmentFile.create(path, start, { durable, disk: this.#disk, bytes, spare });
    this.#made += 1;
    this.#segments.push(segment);
    if (durable) this.#spare = spareIn(this.options.folder, bytes);
    return segment;
  }
}

/** Readers look at numbered files only. */
const spareIn = (folder: string, bytes: number): Promise<string | undefined> => {
  const path = join(folder, 'spare');
  return fillWithZeros(path, bytes).then(
    () => path,
    () => undefined,
  );
};

const isNoRoom = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && NO_ROOM.has(String(error.code));
