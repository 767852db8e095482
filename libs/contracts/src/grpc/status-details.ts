import { ERROR_CODES, errorInfoReason, GRPC_STATUS, type ErrorCode } from '../error-codes';

/** The trailer that holds a serialised google.rpc.Status, by the convention that all gRPC libraries share. */
export const STATUS_DETAILS_KEY = 'grpc-status-details-bin';
/** `domain` of google.rpc.ErrorInfo. */
export const ERROR_DOMAIN = 'openclaw';

/** What a caller may learn beyond the code. Never put a code, a hash or a secret into it. */
export interface ErrorDetails {
  readonly retryAfterMs?: number;
  readonly fieldViolations?: readonly { readonly field: string; readonly description: string }[];
  readonly requestId?: string;
  /** Keys `[a-z][a-zA-Z0-9-_]*`, with units. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * google.rpc.Status (googleapis, google/rpc/status.proto and error_details.proto) of an error, for the trailer. Written
 * by hand because grpc-js has no encoder for it; keep it below 8 KiB, the usual limit for trailers.
 */
export const encodeStatusDetails = (code: ErrorCode, details: ErrorDetails = {}): Buffer => {
  const { grpc, publicText } = ERROR_CODES[code];
  const { retryAfterMs, fieldViolations = [], requestId, metadata = {} } = details;
  const info = [
    text(1, errorInfoReason(code)),
    text(2, ERROR_DOMAIN),
    ...Object.entries({ code, ...metadata }).map(([key, value]) => message(3, text(1, key), text(2, value))),
  ];
  const violations = fieldViolations.map(({ field, description }) => message(1, text(1, field), text(2, description)));
  return Buffer.concat([
    number(1, GRPC_STATUS[grpc]),
    text(2, publicText),
    any('ErrorInfo', ...info),
    ...(retryAfterMs === undefined ? [] : [any('RetryInfo', message(1, ...duration(retryAfterMs)))]),
    ...(violations.length === 0 ? [] : [any('BadRequest', ...violations)]),
    ...(requestId === undefined ? [] : [any('RequestInfo', text(1, requestId))]),
  ]);
};

const any = (type: string, ...fields: readonly Buffer[]): Buffer =>
  message(3, text(1, `type.googleapis.com/google.rpc.${type}`), message(2, ...fields));

const duration = (ms: number): readonly Buffer[] => [
  number(1, Math.floor(ms / 1000)),
  number(2, (ms % 1000) * 1_000_000),
];

// Protocol Buffers encoding (protobuf.dev/programming-guides/encoding): a tag is field number * 8 + wire type.
const VARINT = 0;
const LENGTH_DELIMITED = 2;

const varint = (value: number): Buffer => {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) + 128);
  }
};

const number = (field: number, value: number): Buffer => Buffer.concat([varint(field * 8 + VARINT), varint(value)]);

const message = (field: number, ...fields: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(fields);
  return Buffer.concat([varint(field * 8 + LENGTH_DELIMITED), varint(body.length), body]);
};

const text = (field: number, value: string): Buffer => message(field, Buffer.from(value));
