import { crc32 } from 'node:zlib';

/**
 * The partition of a key: CRC-32 (IEEE 802.3, as in zlib) of its UTF-8 bytes, modulo the number of partitions.
 * Our own and FROZEN FOR LIFE, instead of a client's default: usage numbers and redemption claims of one code are only
 * comparable inside one partition, and another client library, or a newer version of the same one, may hash
 * differently. Golden vectors: `golden/partitioner.json`.
 */
export const partitionOf = (key: string, partitions: number): number => {
  if (!Number.isInteger(partitions) || partitions < 1)
    throw new RangeError(`${partitions} partitions: needs 1 or more`);
  return crc32(key) % partitions;
};
