import { type ErrorCode, isErrorCode } from '../error-codes';

/** What a client needs of google.rpc.Status: our code, and when asking again can help. */
export interface StatusRead {
  readonly code: ErrorCode | undefined;
  readonly retryAfterMs: number | undefined;
}

const NOTHING: StatusRead = { code: undefined, retryAfterMs: undefined };

/**
 * Reads the trailer that `encodeStatusDetails` writes. Total: from a trailer that is somebody else's, or damaged,
 * nothing is read.
 */
export const readStatusDetails = (status: Uint8Array): StatusRead => {
  try {
    return fieldsOf(status)
      .filter(({ number }) => number === DETAILS)
      .reduce((read, { bytes }) => ({ ...read, ...detailOf(fieldsOf(bytes)) }), NOTHING);
  } catch {
    return NOTHING;
  }
};

/** Field numbers of google.rpc.Status.details; of Any; of ErrorInfo.metadata and its entries; of RetryInfo; of Duration. */
const DETAILS = 3;
const [TYPE_URL, VALUE] = [1, 2];
const METADATA = 3;
const [KEY, TEXT] = [1, 2];
const RETRY_DELAY = 1;
const [SECONDS, NANOS] = [1, 2];

interface Field {
  readonly number: number;
  /** Of a length-delimited field; empty otherwise. */
  readonly bytes: Uint8Array;
  /** Of a varint; 0 otherwise. */
  readonly value: number;
}

const detailOf = (any: readonly Field[]): Partial<StatusRead> => {
  const fields = fieldsOf(bytesOf(any, VALUE));
  switch (textOf(any, TYPE_URL).replace(/^.*\//, '')) {
    case 'google.rpc.ErrorInfo': {
      const entries = fields.filter(({ number }) => number === METADATA).map(({ bytes }) => fieldsOf(bytes));
      const code = textOf(entries.find((entry) => textOf(entry, KEY) === 'code') ?? [], TEXT);
      return isErrorCode(code) ? { code } : {};
    }
    case 'google.rpc.RetryInfo': {
      const delay = fieldsOf(bytesOf(fields, RETRY_DELAY));
      return { retryAfterMs: numberOf(delay, SECONDS) * 1000 + Math.ceil(numberOf(delay, NANOS) / 1_000_000) };
    }
    default:
      return {};
  }
};

const bytesOf = (fields: readonly Field[], wanted: number): Uint8Array =>
  fields.findLast(({ number }) => number === wanted)?.bytes ?? new Uint8Array();
const numberOf = (fields: readonly Field[], wanted: number): number =>
  fields.findLast(({ number }) => number === wanted)?.value ?? 0;
const textOf = (fields: readonly Field[], wanted: number): string => Buffer.from(bytesOf(fields, wanted)).toString();

/** The fields of one message; throws when it is none. Fixed-width fields, of which these messages have none, are none. */
const fieldsOf = (message: Uint8Array): readonly Field[] => {
  const fields: Field[] = [];
  for (let at = 0; at < message.length;) {
    const tag = varintAt(message, at);
    const head = varintAt(message, tag.end);
    const [number, kind] = [Math.floor(tag.value / 8), tag.value % 8];
    if (kind !== VARINT && kind !== LENGTH_DELIMITED) throw new RangeError('not one of these messages');
    at = kind === VARINT ? head.end : head.end + head.value;
    if (at > message.length) throw new RangeError('cut off');
    const isVarint = kind === VARINT;
    fields.push({
      number,
      bytes: isVarint ? new Uint8Array() : message.subarray(head.end, at),
      value: isVarint ? head.value : 0,
    });
  }
  return fields;
};

const VARINT = 0;
const LENGTH_DELIMITED = 2;
const VARINT_BYTES_MAX = 8;

const varintAt = (from: Uint8Array, start: number): { readonly value: number; readonly end: number } => {
  let value = 0;
  for (let at = start, scale = 1; at < start + VARINT_BYTES_MAX; at += 1, scale *= 128) {
    const byte = from[at];
    if (byte === undefined) break;
    value += (byte % 128) * scale;
    if (byte < 128) return { value, end: at + 1 };
  }
  throw new RangeError('not a varint');
};
