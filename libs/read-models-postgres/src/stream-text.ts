import { type StreamName, streamName } from '@openclaw/event-log';

/**
 * A stream's name as PostgreSQL text. The outer form allows characters that text does not (NUL, lone surrogates), and
 * a poisoned record may bear one in its very name; the quarantine must be able to hold it, and to know it again after a
 * restart. So the name is written as the inside of a JSON string; an ordinary name is written as it is.
 */
export const asText = (stream: StreamName): string => JSON.stringify(stream).slice(1, -1);

export const fromText = (text: string): StreamName => streamName(String(JSON.parse(`"${text}"`)));
