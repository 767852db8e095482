import { type CommandMeta, type UnixMs, unixMs } from '../src/index';

/** 2026-01-01T00:00:00Z, a multiple of every rate window. */
export const NEW_YEAR: UnixMs = unixMs(1_767_225_600_000);

/** A command's id and body hash at an instant, `NEW_YEAR` unless told. */
export const metaOf = (id: string, now: UnixMs = NEW_YEAR, bodyHash = `body of ${id}`): CommandMeta => ({
  now,
  command: { id, bodyHash },
});
