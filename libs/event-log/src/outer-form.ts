/**
 * The outer form of a record: one structured CloudEvents 1.0 JSON object that holds everything (headers and key only
 * route). FROZEN FOR LIFE: acceptance is decided from it alone, so a reader of any age must judge a record of any age
 * alike. New facts go into `data` or into further string attributes, which old readers carry along unread.
 */
import type { Claim, EventMetadata, NewEvent, Position, RecordedEvent, StreamName } from './event-log.port';
import { EventTooLarge } from './event-log.port';
import { MAX_RECORD_BYTES } from './journal.port';

export interface OuterForm {
  readonly id: string;
  readonly stream: StreamName;
  readonly claim: Claim;
  readonly type: string;
  readonly time: string;
  readonly source: string;
  readonly data: unknown;
  readonly metadata: EventMetadata;
}

export type ParsedOuterForm =
  { readonly ok: true; readonly outer: OuterForm } | { readonly ok: false; readonly reason: string };

/** CloudEvents integers are signed 32-bit. */
const REVISION_MAX = 0x7fff_ffff;
const TEXT_MAX = 512;
const OWN_ATTRIBUTES = new Set([
  'specversion', 'id', 'source', 'type', 'subject', 'time', 'datacontenttype', 'stream', 'revision', 'terminal', 'data',
]); // prettier-ignore

/** The bytes of one event, ready to append. Throws `EventTooLarge`; a metadata name that clashes is a programming error. */
export const encodeOuterForm = (stream: StreamName, claim: Claim, event: NewEvent): Buffer => {
  const metadata = event.metadata ?? {};
  for (const name of Object.keys(metadata)) {
    if (OWN_ATTRIBUTES.has(name) || !/^[a-z0-9]{1,20}$/.test(name)) {
      throw new TypeError(`metadata attribute "${name}": use 1-20 lower-case letters or digits, and no reserved name`);
    }
  }
  const value = Buffer.from(
    JSON.stringify({
      specversion: '1.0',
      id: event.id,
      source: event.source,
      type: event.type,
      subject: stream,
      time: event.time,
      datacontenttype: 'application/json',
      stream,
      ...(claim === 'terminal' ? { terminal: true } : { revision: claim }),
      ...metadata,
      data: event.data,
    }),
  );
  if (value.length > MAX_RECORD_BYTES) {
    throw new EventTooLarge(`the event has ${value.length} bytes; at most ${MAX_RECORD_BYTES} fit one record`);
  }
  const parsed = parseOuterForm(value);
  if (!parsed.ok) throw new TypeError(`not a valid event: ${parsed.reason}`);
  return value;
};

/** Reads an outer form; never throws. A record that does not parse is never accepted by anyone. */
export const parseOuterForm = (value: Buffer): ParsedOuterForm => {
  let json: unknown;
  try {
    json = JSON.parse(value.toString('utf8'));
  } catch {
    return { ok: false, reason: 'not JSON' };
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return { ok: false, reason: 'not an object' };
  return readAttributes(json as Record<string, unknown>);
};

const readAttributes = (json: Record<string, unknown>): ParsedOuterForm => {
  if (json['specversion'] !== '1.0') return { ok: false, reason: 'specversion is not "1.0"' };
  for (const name of ['id', 'source', 'type', 'time', 'stream'] as const) {
    if (!isText(json[name])) return { ok: false, reason: `${name} is not a text of 1 to ${TEXT_MAX} characters` };
  }
  const claim = readClaim(json['revision'], json['terminal']);
  if (claim === undefined) return { ok: false, reason: 'needs either a revision of 1 or more, or terminal: true' };
  const outer: OuterForm = {
    id: json['id'] as string,
    stream: json['stream'] as StreamName,
    claim,
    type: json['type'] as string,
    time: json['time'] as string,
    source: json['source'] as string,
    data: json['data'],
    metadata: readMetadata(json),
  };
  return { ok: true, outer };
};

const isText = (value: unknown): boolean => typeof value === 'string' && value.length > 0 && value.length <= TEXT_MAX;

const readClaim = (revision: unknown, terminal: unknown): Claim | undefined => {
  if (terminal === true) return revision === undefined ? 'terminal' : undefined;
  if (terminal !== undefined || typeof revision !== 'number') return undefined;
  return Number.isInteger(revision) && revision >= 1 && revision <= REVISION_MAX ? revision : undefined;
};

const readMetadata = (json: Record<string, unknown>): EventMetadata => {
  const metadata: Record<string, string> = {};
  for (const name in json) {
    const value = json[name];
    if (typeof value === 'string' && !OWN_ATTRIBUTES.has(name)) metadata[name] = value;
  }
  return metadata;
};

/** An accepted or superseded record as a recorded event; `revision` is the one it got, or the one it claimed in vain. */
export const toRecordedEvent = (
  outer: OuterForm,
  place: { readonly position: Position; readonly revision: number; readonly appendedAtMs: number },
): RecordedEvent => ({
  position: place.position,
  stream: outer.stream,
  revision: place.revision,
  terminal: outer.claim === 'terminal',
  id: outer.id,
  type: outer.type,
  time: outer.time,
  source: outer.source,
  appendedAtMs: place.appendedAtMs,
  data: outer.data,
  metadata: outer.metadata,
});
