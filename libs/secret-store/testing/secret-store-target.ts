import type { SecretStore } from '@openclaw/secret-store';

/** One kind of secret store that the contract suite runs on. */
export interface SecretStoreTarget {
  /** Opens the store as one more process would; closed by the suite. */
  open(): Promise<SecretStore>;
  /** Stops the store from answering; the result lets it go on. */
  freeze(): Promise<() => void>;
  /** Stops and starts the store on the same data. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}
