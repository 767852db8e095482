import {
  type Duration,
  type Timestamp,
  fromDuration,
  fromTimestamp,
  toDuration,
  toTimestamp,
} from '@openclaw/contracts';
import { ApiError } from '@openclaw/platform';

/** The last instant of a JavaScript date, in milliseconds either side of 1970 (ECMA-262 section 21.4.1.1). */
const INSTANT_MAX_MS = 8.64e15;

/** A Timestamp as the RFC 3339 text that the bodies take; undefined when it is absent. */
export const instantOf = (timestamp: Timestamp | null, field: string): string | undefined => {
  if (timestamp === null) return undefined;
  const ms = fromTimestamp(timestamp);
  if (ms === undefined || Math.abs(ms) > INSTANT_MAX_MS)
    throw invalid(field, 'not an instant', 'give a valid Timestamp');
  return new Date(ms).toISOString();
};

/** A Duration in milliseconds; undefined when it is absent. */
export const msOf = (duration: Duration | null, field: string): number | undefined => {
  if (duration === null) return undefined;
  const ms = fromDuration(duration);
  if (ms === undefined) throw invalid(field, 'not a duration', 'give a valid Duration');
  return ms;
};

/** A Duration in seconds, with a fraction where it has one, which the bodies refuse. */
export const secondsOf = (duration: Duration | null, field: string): number | undefined => {
  const ms = msOf(duration, field);
  return ms === undefined ? undefined : ms / 1000;
};

/** An empty text of proto3 is one that was left out. */
export const textOf = (text: string): string | undefined => (text === '' ? undefined : text);

export const timestampOf = (instant: string | null): Timestamp | undefined =>
  instant === null ? undefined : toTimestamp(Date.parse(instant));

export const durationOf = (seconds: number | null): Duration | undefined =>
  seconds === null ? undefined : toDuration(seconds * 1000);

/**
 * Our word for an enum value of the wire; undefined for its zero value, which says nothing. Throws an `ApiError` for a
 * number that is none of the enum's.
 */
export const wordOf = <Word extends string>(
  words: Readonly<Record<Word, string>>,
  value: string,
  field: string,
): Word | undefined => {
  for (const word of keysOf(words)) if (words[word] === value) return word;
  if (String(value).endsWith('_UNSPECIFIED')) return undefined;
  throw invalid(field, 'not a value of this enum', `use ${Object.values(words).join(', ')}`);
};

const keysOf = <Word extends string>(words: Readonly<Record<Word, string>>): Word[] => {
  const known = (word: string): word is Word => word in words;
  return Object.keys(words).filter(known);
};

export const invalid = (field: string, problem: string, remedy: string): ApiError =>
  new ApiError('openclaw.request.invalid', [{ field, problem, remedy }]);
