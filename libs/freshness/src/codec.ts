/**
 * The records of `openclaw.coordination.v1` (ARCHITECTURE section 7): JSON, one object a record.
 *
 * A reader ignores a kind it does not know and fields it does not know, so that both may be added later. The fields of
 * a Head are FROZEN FOR LIFE: a head that a reader cannot parse is a head it does not wait for. What does not parse is
 * ignored, too, but counted, and the count is an alarm.
 */
import type { Offset, Position } from '@openclaw/event-log';

/** "Everything I answered is at or before `position`": committed before anybody hears of an append. */
export interface Head {
  readonly kind: 'head';
  readonly writer: string;
  readonly logId: string;
  /** How far the writer had itself read the log. */
  readonly position: Position;
  readonly chainHash: string;
  /** Every head at a coordination offset below this is at or before `position`; 0 claims nothing. */
  readonly covers: Offset;
}

/** "I am alive and have applied this": read back by its sender, it proves that the sender knows all earlier heads. */
export interface Renewal {
  readonly kind: 'renewal';
  readonly validator: string;
  /** Random at each start of the validator, never used again. */
  readonly incarnation: string;
  /** Unique in its incarnation. */
  readonly nonce: number;
  readonly logId: string;
  /** The L that this incarnation decides under, in milliseconds: what a receipt has to wait for. */
  readonly boundMs: number;
  readonly applied: Position;
  readonly chainHash: string;
  /** Last usage number per usage partition: the floor of the audit's completeness check. */
  readonly lastSequence: readonly number[];
  /** The greatest head the sender has read; with `covers` as in `Head`. */
  readonly head: Position;
  readonly covers: Offset;
}

/** A nonce to be read back by a process that holds no lease (`barrier`). */
export interface Probe {
  readonly kind: 'probe';
  readonly sender: string;
  readonly nonce: number;
}

export type CoordinationRecord = Head | Renewal | Probe;
export type Decoded = CoordinationRecord | { readonly kind: 'unknown' } | { readonly kind: 'unparsable' };

/** `covers` of a sender that claims nothing. Not 0: that is a claim, about a journal that begins at 0. */
export const COVERS_NOTHING: Offset = -1;
/** The position before the first record. */
export const NOWHERE = -1 as Position;

export const encodeRecord = (record: CoordinationRecord): Buffer => Buffer.from(JSON.stringify(record));

/** Reads one record; total, never throws. */
export const decodeRecord = (value: Buffer): Decoded => {
  let json: unknown;
  try {
    json = JSON.parse(value.toString('utf8'));
  } catch {
    return { kind: 'unparsable' };
  }
  if (!isObject(json) || typeof json['kind'] !== 'string') return { kind: 'unparsable' };
  const known = SHAPES.get(json['kind']);
  if (known === undefined) return { kind: 'unknown' };
  const valid = Object.entries(known).every(([field, isValid]) => isValid(json[field]));
  return valid ? (json as unknown as CoordinationRecord) : { kind: 'unparsable' };
};

type Check = (value: unknown) => boolean;
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const text: Check = (value) => typeof value === 'string' && value.length > 0 && value.length <= 512;
const hash: Check = (value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
const count: Check = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
const covers: Check = (value) => Number.isSafeInteger(value) && Number(value) >= COVERS_NOTHING;
const position: Check = (value) => Number.isSafeInteger(value) && Number(value) >= NOWHERE;
const duration: Check = (value) => typeof value === 'number' && Number.isFinite(value) && value > 0;
const counts: Check = (value) => Array.isArray(value) && value.every(count);

const SHAPES: ReadonlyMap<string, Record<string, Check>> = new Map<string, Record<string, Check>>([
  ['head', { writer: text, logId: text, position, chainHash: hash, covers }],
  [
    'renewal',
    {
      validator: text, incarnation: text, nonce: count, logId: text, boundMs: duration, applied: position,
      chainHash: hash, lastSequence: counts, head: position, covers,
    }, // prettier-ignore
  ],
  ['probe', { sender: text, nonce: count }],
]);
