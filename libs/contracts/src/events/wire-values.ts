import { z } from 'zod';

/**
 * The values that bodies are made of. Bounds are wide: they keep a record inside 65,535 bytes and give other languages
 * a type to choose, they are not business rules. A body that breaks one is never written (`encodeBody` throws) and
 * never folded (its stream is quarantined), so a bound may be widened but never narrowed.
 */
const TEXT_MAX = 512;

export const identifier = z.string().min(1).max(200);
export const text = z.string().max(TEXT_MAX);

/** Fits a text of strangers into a record; what is cut off ends in "…". Judge the whole text, record the clipped one. */
export const clipText = (value: string): string =>
  value.length <= TEXT_MAX ? value : `${value.slice(0, TEXT_MAX - 1)}…`;
export const list = <T extends z.ZodType>(item: T) => z.array(item).max(256);

/** An instant: milliseconds since 1970, UTC. Up to the year 9999. */
export const unixMs = z.int().min(0).max(253_402_300_799_999).describe('Milliseconds since 1970-01-01T00:00:00Z');
/** A length of time in milliseconds. */
export const milliseconds = z.int().min(0).describe('Milliseconds');
export const count = z.int().min(0);
export const positive = z.int().min(1);
