import { crc32 } from 'node:zlib';

/** One numbered record of one partition, as it is sent to the log. */
export interface SpoolRecord {
  readonly partition: number;
  /** 1, 2, 3... in its partition. */
  readonly sequence: number;
  readonly key: string;
  readonly value: Buffer;
}

/** Larger than any record of the log. */
export const RECORD_BYTES_MAX = 128 * 1024;

/** No partition of the log: its record says the last number of every partition before this file. */
const NUMBERS = 0xffff;

export type LastNumbers = ReadonlyMap<number, number>;

export const numbersRecord = (last: LastNumbers): SpoolRecord => ({
  partition: NUMBERS,
  sequence: 0,
  key: '',
  value: Buffer.concat([...last].map(([partition, sequence]) => entryOf(partition, sequence))),
});

/** The last numbers that a record tells; undefined for a record of the log. */
export const numbersIn = ({ partition, value }: SpoolRecord): LastNumbers | undefined => {
  if (partition !== NUMBERS) return undefined;
  const entries = Array.from({ length: Math.floor(value.length / ENTRY) }, (_, i): [number, number] => [
    value.readUInt16BE(i * ENTRY),
    value.readUIntBE(i * ENTRY + 2, 6),
  ]);
  return new Map(entries);
};

const ENTRY = 8;
const entryOf = (partition: number, sequence: number): Buffer => {
  const entry = Buffer.alloc(ENTRY);
  entry.writeUInt16BE(partition, 0);
  entry.writeUIntBE(sequence, 2, 6);
  return entry;
};

/** At the head of each file: what it is, and the version of its form. */
export const FILE_HEADER = Buffer.from('OCUSAGE1');
const MARK = Buffer.from('OCB1');
const FRAME_HEAD = 12;
const RECORD_HEAD = 14;

/**
 * A group of records that were made durable together, as one frame: mark, length, CRC-32 of the body, body. A frame is
 * whole or it was never durable; the mark lets a reader tell a torn end from damage in the middle.
 */
export const encodeFrame = (records: readonly SpoolRecord[]): Buffer => {
  const names = records.map(({ key }) => Buffer.byteLength(key));
  const size = records.reduce((sum, { value }, i) => sum + RECORD_HEAD + (names[i] ?? 0) + value.length, FRAME_HEAD);
  const frame = Buffer.allocUnsafe(size); // every byte of it is written below
  let at = FRAME_HEAD;
  for (const [i, record] of records.entries()) at = writeRecord(frame, at, record, names[i] ?? 0);
  MARK.copy(frame);
  frame.writeUInt32BE(size - FRAME_HEAD, 4);
  frame.writeUInt32BE(crc32(frame.subarray(FRAME_HEAD)), 8);
  return frame;
};

/** Bytes that a record of ours takes in its frame: its key is ASCII. */
export const frameBytesOf = ({ key, value }: SpoolRecord): number => RECORD_HEAD + key.length + value.length;

/** Answers where the next record begins. */
const writeRecord = (frame: Buffer, at: number, record: SpoolRecord, nameBytes: number): number => {
  const { partition, sequence, key, value } = record;
  frame.writeUInt16BE(partition, at);
  frame.writeUIntBE(sequence, at + 2, 6);
  frame.writeUInt16BE(nameBytes, at + 8);
  frame.writeUInt32BE(value.length, at + 10);
  frame.write(key, at + RECORD_HEAD, nameBytes);
  value.copy(frame, at + RECORD_HEAD + nameBytes);
  return at + RECORD_HEAD + nameBytes + value.length;
};

export interface DecodedFile {
  readonly records: readonly SpoolRecord[];
  /** `torn`: the end is no whole frame, as after a crash while writing. `damaged`: whole frames follow what is none. */
  readonly state: 'whole' | 'torn' | 'damaged';
}

/** The records of every frame up to the first that is not whole; zeros behind the last are room for more. Never throws. */
export const decodeFile = (file: Buffer): DecodedFile => {
  const isHeaded = file.subarray(0, FILE_HEADER.length).equals(FILE_HEADER);
  if (!isHeaded) return { records: [], state: holdsFrame(file, 0) ? 'damaged' : 'torn' };
  const records: SpoolRecord[] = [];
  let at = FILE_HEADER.length;
  while (at < file.length) {
    const body = bodyAt(file, at);
    if (body === undefined) return { records, state: stateOfRest(file, at) };
    records.push(...recordsIn(body));
    at += FRAME_HEAD + body.length;
  }
  return { records, state: 'whole' };
};

/** The body of a whole frame that begins at `at`; undefined when none does. */
const bodyAt = (file: Buffer, at: number): Buffer | undefined => {
  if (at + FRAME_HEAD > file.length || file.compare(MARK, 0, MARK.length, at, at + MARK.length) !== 0) return undefined;
  const end = at + FRAME_HEAD + file.readUInt32BE(at + 4);
  // No frame is empty: a mark with zeros behind it is a torn one.
  if (end > file.length || end === at + FRAME_HEAD) return undefined;
  const body = file.subarray(at + FRAME_HEAD, end);
  return crc32(body) === file.readUInt32BE(at + 8) ? body : undefined;
};

const stateOfRest = (file: Buffer, at: number): DecodedFile['state'] => {
  if (holdsFrame(file, at + 1)) return 'damaged';
  const rest = file.subarray(at);
  return rest.equals(Buffer.alloc(rest.length)) ? 'whole' : 'torn';
};

const holdsFrame = (file: Buffer, from: number): boolean => {
  for (let at = file.indexOf(MARK, from); at >= 0; at = file.indexOf(MARK, at + 1)) {
    if (bodyAt(file, at) !== undefined) return true;
  }
  return false;
};

function* recordsIn(body: Buffer): Generator<SpoolRecord> {
  for (let at = 0; at < body.length;) {
    const keyEnd = at + RECORD_HEAD + body.readUInt16BE(at + 8);
    const end = keyEnd + body.readUInt32BE(at + 10);
    yield {
      partition: body.readUInt16BE(at),
      sequence: body.readUIntBE(at + 2, 6),
      key: body.toString('utf8', at + RECORD_HEAD, keyEnd),
      value: body.subarray(keyEnd, end),
    };
    at = end;
  }
}
