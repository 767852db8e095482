import type { SecretRef } from './parse-secret-ref';
import type { SecretValue } from './secret-value';

/**
 * Where master keys live, and the only place: the log and the read models hold references. Contract suite:
 * `testing/secret-store.contract.ts`.
 */
export interface SecretStore {
  /** `memory`, `postgres`, `files`, `environment`: for logs and health answers. */
  readonly kind: string;

  /**
   * Keeps a secret as this version of this name, for good: a version is written once and never reused, not even after
   * `delete`. To rotate, put the next version. The same value again succeeds, so an unknown outcome is retried by the
   * same call. Rejects: `SecretVersionTaken` (another value, or a deleted one; take the next version),
   * `SecretStoreReadOnly`, `SecretStoreUnavailable` (retry), `SecretUnreadable`, `SecretStoreClosed`; throws `TypeError`
   * for a bad name.
   */
  put(name: string, secret: SecretValue, version: number): Promise<SecretRef>;

  /** Rejects: `SecretNotFound`, `SecretStoreUnavailable` (retry), `SecretUnreadable`, `SecretStoreClosed`. */
  get(ref: SecretRef): Promise<SecretValue>;

  /** Destroys one version; resolves also when there is none. Safe to retry. */
  delete(ref: SecretRef): Promise<void>;

  /** Whether every secret could be read now. Answers within `withinMs`, also when the store hangs. */
  readiness(withinMs: number): Promise<SecretStoreReadiness>;

  /** What is pending rejects with `SecretStoreClosed`; nothing stays open. */
  close(): Promise<void>;
}

export type SecretStoreReadiness = { readonly ready: true } | { readonly ready: false; readonly reason: string };

/** There is no such version, or it was deleted. */
export class SecretNotFound extends Error {
  override readonly name = 'SecretNotFound';
  constructor(readonly ref: SecretRef) {
    super(`there is no secret ${ref}`);
  }
}

/** This version holds another value, or was deleted. Put the next version. */
export class SecretVersionTaken extends Error {
  override readonly name = 'SecretVersionTaken';
  constructor(readonly ref: SecretRef) {
    super(`${ref} was written before with another value, or was deleted`);
  }
}

/** The store does not answer. Whether a `put` or `delete` was done is unknown; the same call may be repeated. */
export class SecretStoreUnavailable extends Error {
  override readonly name = 'SecretStoreUnavailable';
  readonly retriable = true;
}

/** What is stored cannot be opened: its key is not at hand, or the stored bytes were changed. An operator must look. */
export class SecretUnreadable extends Error {
  override readonly name = 'SecretUnreadable';
}

/** This store only gives what others put there: refer to a secret by its name, or use a store that can be written. */
export class SecretStoreReadOnly extends Error {
  override readonly name = 'SecretStoreReadOnly';
}

export class SecretStoreClosed extends Error {
  override readonly name = 'SecretStoreClosed';
}
