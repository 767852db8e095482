import { type KeyObject, createHmac, timingSafeEqual } from 'node:crypto';

/** Tells a snapshot as we wrote it from anything else. */
export interface SnapshotSeal {
  readonly mark: (bytes: Uint8Array) => Buffer;
  readonly fits: (bytes: Uint8Array, mark: Uint8Array) => boolean;
}

/** What no code begins with: a mark is never the hash of one. */
const PURPOSE = 'openclaw code index snapshot\0';

/** HMAC-SHA-256 under the pepper: neither a broken disk nor who can write to the folder makes a snapshot that fits. */
export const snapshotSeal = (key: KeyObject): SnapshotSeal => {
  const mark = (bytes: Uint8Array): Buffer => createHmac('sha256', key).update(PURPOSE).update(bytes).digest();
  return {
    mark,
    fits: (bytes, its) => its.length === 32 && timingSafeEqual(mark(bytes), its),
  };
};
