import { encodePosition } from '@openclaw/contracts';
import type { TrailEntry } from './trail.port';

/** An entry as auditors see it: who, when, from where, why, what. Hashes of secrets stay on the log. */
export const trailView = (logId: string, entry: TrailEntry) => {
  const { kind, entityId, occurredAt, recordedAt, actor, authMethod, data, position, ...facts } = entry;
  return {
    position: encodePosition({ logId, offset: position }),
    at: occurredAt.toISOString(),
    recordedAt: recordedAt.toISOString(),
    entity: `${kind}/${entityId}`,
    actor: actor === null ? null : { id: actor, method: authMethod },
    ...facts,
    data: withoutHashes(data),
  };
};

/** Old and new value of each setting that an entry changed; empty for an entry that changed none. */
export const changesOf = (data: unknown): readonly unknown[] =>
  typeof data === 'object' && data !== null && 'changes' in data && Array.isArray(data.changes) ? data.changes : [];

const HASHES = new Set(['codeHash', 'tokenHash', 'bodyHash']);

/** A copy without the members that hold hashes of secrets, however deep. */
export const withoutHashes = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutHashes);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([name]) => !HASHES.has(name));
  return Object.fromEntries(kept.map(([name, one]) => [name, withoutHashes(one)]));
};
