import { z } from 'zod';

/**
 * The values that bodies are made of. Bounds are wide: they keep a record inside 65,535 bytes and give other languages
 * a type to choose, they are not business rules. A body that breaks one is never written (`encodeBody` throws) and
 * never folded (its stream is quarantined), so a bound may be widened but never narrowed.
 */
const TEXT_MAX = 512;

export const identifier = z.string().min(1).max(200);
export const text = z.string().max(TEXT_MAX);

/**
 * Fits a text of strangers into a record that every store can hold: control characters and halves of characters are
 * written out (`\\u0000`), and what is cut off ends in "…". Judge the text as it came, record this one.
 */
export const recordableText = (value: string, lengthMax: number = TEXT_MAX): string => {
  const shown = value.length <= 2 * lengthMax ? value : value.slice(0, 2 * lengthMax);
  const written = shown.replace(UNSTORABLE, (character) => `\\u${hex(character)}`);
  return written.length <= lengthMax ? written : `${written.slice(0, lengthMax - 1).replace(HALF_AT_THE_END, '')}…`;
};

const UNSTORABLE = /\p{Cc}|\p{Cs}/gu;
const HALF_AT_THE_END = /[\ud800-\udbff]$/;
const hex = (character: string): string => (character.codePointAt(0) ?? 0).toString(16).padStart(4, '0');
export const list = <T extends z.ZodType>(item: T) => z.array(item).max(256);

/** An instant: milliseconds since 1970, UTC. Up to the year 9999. */
export const unixMs = z.int().min(0).max(253_402_300_799_999).describe('Milliseconds since 1970-01-01T00:00:00Z');
/** A length of time in milliseconds. */
export const milliseconds = z.int().min(0).describe('Milliseconds');
export const count = z.int().min(0);
export const positive = z.int().min(1);
