import { encodeHeaders } from '../hpack/encode-headers';

/** Of the codes of gRPC (grpc.github.io/grpc/core/md_doc_statuscodes.html) those that a server gives by itself. */
export const STATUS = {
  ok: 0,
  unknown: 2,
  deadlineExceeded: 4,
  resourceExhausted: 8,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
} as const;

/** How a call ended. */
export interface GrpcStatus {
  readonly code: number;
  /** For people; any text. */
  readonly details: string;
  /** Further trailers; bytes for names that end in `-bin`. */
  readonly trailers?: Readonly<Record<string, string | Buffer>>;
}

/** Thrown by a handler that knows the status of its call. */
export class GrpcError extends Error {
  override readonly name = 'GrpcError';
  constructor(readonly status: GrpcStatus) {
    super(status.details);
  }
}

const HTTP_OK: readonly [string, string] = [':status', '200'];
const GRPC: readonly [string, string] = ['content-type', 'application/grpc'];

/** What every answer with messages begins with. */
export const ANSWER_HEAD = encodeHeaders([HTTP_OK, GRPC]);
/** What every call that went well ends with. */
export const OK_TRAILERS = encodeHeaders([['grpc-status', '0']]);

/** Trailers of a call that began to answer; with `isWhole` they are the whole answer (Trailers-Only). */
export const statusBlock = ({ code, details, trailers = {} }: GrpcStatus, isWhole: boolean): Buffer =>
  encodeHeaders([
    ...(isWhole ? [HTTP_OK, GRPC] : []),
    ['grpc-status', String(code)],
    ...(details === '' ? [] : [['grpc-message', percentEncoded(details)] as const]),
    ...Object.entries(trailers).map(([name, value]) => [name, textOf(value)] as const),
  ]);

/** The gRPC wire format leaves out the padding of base64. */
const textOf = (value: string | Buffer): string =>
  typeof value === 'string' ? value : value.toString('base64').replace(/=+$/, '');

/** gRPC over HTTP/2, "Percent-Encoded": printable ASCII but the percent sign stays as it is. */
const percentEncoded = (text: string): string => {
  const bytes = Buffer.from(text);
  return Array.from(bytes, (byte) =>
    byte >= 0x20 && byte <= 0x7e && byte !== 0x25
      ? String.fromCharCode(byte)
      : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
  ).join('');
};
