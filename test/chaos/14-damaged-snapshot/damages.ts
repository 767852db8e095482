import type { SeededRandom } from '../seeded-random';

/** A snapshot file after something has happened to it. */
export interface Damage {
  readonly what: string;
  readonly apply: (good: Buffer, random: SeededRandom) => Buffer;
}

const flippedAt = (good: Buffer, at: number, bit: number): Buffer => {
  const bad = Buffer.from(good);
  bad[at] = (bad[at] ?? 0) ^ (1 << bit);
  return bad;
};

const PREAMBLE_BYTES = 16;
const TRAILER_BYTES = 36;

/** Where each part of a snapshot lies, as shares of its length; the table of contents ends before the trailer. */
const flipBetween = (what: string, from: (bytes: number) => number, to: (bytes: number) => number): Damage => ({
  what: `a bit flipped in ${what}`,
  apply: (good, random) =>
    flippedAt(good, random.between(from(good.length), to(good.length) - 1), random.between(0, 7)),
});

const REGIONS: readonly Damage[] = [
  flipBetween('the preamble', () => 0, () => PREAMBLE_BYTES),
  ...Array.from({ length: 8 }, (_, eighth) =>
    flipBetween(
      `eighth ${eighth + 1} of the body`,
      (bytes) => PREAMBLE_BYTES + Math.floor(((bytes - PREAMBLE_BYTES - TRAILER_BYTES) * eighth) / 8),
      (bytes) => PREAMBLE_BYTES + Math.floor(((bytes - PREAMBLE_BYTES - TRAILER_BYTES) * (eighth + 1)) / 8),
    ),
  ),
  flipBetween('the table of contents', (bytes) => bytes - TRAILER_BYTES - 200, (bytes) => bytes - TRAILER_BYTES),
  flipBetween('the trailer', (bytes) => bytes - TRAILER_BYTES, (bytes) => bytes),
]; // prettier-ignore

const CUTS: readonly Damage[] = [
  { what: 'nothing left', apply: () => Buffer.alloc(0) },
  { what: 'only the preamble left', apply: (good) => good.subarray(0, PREAMBLE_BYTES) },
  { what: 'cut off anywhere', apply: (good, random) => good.subarray(0, random.between(0, good.length - 1)) },
  { what: 'its last byte missing', apply: (good) => good.subarray(0, -1) },
  { what: 'a block of zeros in it', apply: (good, random) => {
    const bad = Buffer.from(good);
    const at = random.between(0, good.length - 1);
    // Of a file whose tail never reached the disk: zeros where something was.
    return bad.fill(0, at).equals(good) ? good.subarray(0, at) : bad;
  } },
  { what: 'bytes behind it', apply: (good) => Buffer.concat([good, Buffer.alloc(100, 7)]) },
  { what: 'bytes within it', apply: (good) => Buffer.concat([good.subarray(0, 500), Buffer.alloc(64), good.subarray(500)]) },
]; // prettier-ignore

export const DAMAGES: readonly Damage[] = [...REGIONS, ...CUTS];

/** The same snapshot with other version numbers, sealed as its build would have: nothing is wrong with it but its age. */
export const ofOtherVersion = (good: Buffer, fold: number, mark: (bytes: Buffer) => Buffer): Buffer => {
  const other = Buffer.from(good);
  other.writeUInt32LE(fold, 12);
  const trailer = other.length - TRAILER_BYTES;
  const tableAt = trailer - other.readUInt32LE(trailer);
  mark(Buffer.concat([other.subarray(0, PREAMBLE_BYTES), other.subarray(tableAt, trailer)])).copy(other, trailer + 4);
  return other;
};
