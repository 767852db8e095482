import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { protoRoot } from './protos';

/**
 * The compiled proto files as buf writes them, with those of grpc.health.v1, for server reflection. Compiled ahead,
 * because what proto-loader gives at run time has lost imports and the names of map entries, and clients such as
 * grpcurl refuse that.
 */
export const DESCRIPTORS_FILE = resolve(protoRoot, 'descriptors.binpb');

/** Each file of the set as a serialised google.protobuf.FileDescriptorProto. Reads a file; call once, at start. */
export const fileDescriptors = (): readonly Buffer[] => {
  const set = readFileSync(DESCRIPTORS_FILE);
  const files: Buffer[] = [];
  for (let at = 0; at < set.length;) {
    if (set[at] !== FILE_TAG) throw new Error(`${DESCRIPTORS_FILE} is not a FileDescriptorSet`);
    const { value: bytes, end } = varint(set, at + 1);
    files.push(set.subarray(end, end + bytes));
    at = end + bytes;
  }
  return files;
};

/** Field 1, length-delimited: the only field of google.protobuf.FileDescriptorSet. */
const FILE_TAG = 0x0a;

const varint = (from: Buffer, start: number): { readonly value: number; readonly end: number } => {
  let value = 0;
  for (let at = start, scale = 1; ; at += 1, scale *= 128) {
    const byte = from[at] ?? 0;
    value += (byte % 128) * scale;
    if (byte < 128) return { value, end: at + 1 };
  }
};
