import type { Position, StreamName } from './event-log.port';

/** Names and places get their types here and in the parsers, nowhere else. */
export const streamName = (text: string): StreamName => text as StreamName;
export const positionAt = (offset: number): Position => offset as Position;
export const BEFORE_FIRST = positionAt(-1);
