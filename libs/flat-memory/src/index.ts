export { ByteArena } from './byte-arena';
export { KEY_WORDS, type Key, keyOfDigest, keyOfHex, keyOfText, hexOfKey } from './key';
export { KeyedTable } from './keyed-table';
export type { Imaged, MemoryImage } from './segments';
export { RecordMemory } from './record-memory';
