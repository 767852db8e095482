import { type SecretRef, parseSecretRef, secretRef } from './parse-secret-ref';
import {
  SecretNotFound, type SecretStore, SecretStoreClosed, type SecretStoreReadiness, SecretStoreUnavailable,
  SecretVersionTaken,
} from './secret-store.port'; // prettier-ignore
import type { SecretValue } from './secret-value';

/** How long a frozen vault is waited for. */
const REQUEST_TIMEOUT_MS = 500;

/** The memory that several `InMemorySecretStore`s may open, like one server. */
export class InMemoryVault {
  /** `undefined` = deleted: the version stays taken. */
  readonly secrets = new Map<SecretRef, SecretValue | undefined>();
  #thawed: Promise<void> | undefined;

  /** Nothing is answered until the returned function is called. */
  freeze(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#thawed = promise;
    return () => {
      this.#thawed = undefined;
      resolve();
    };
  }

  /** Resolves when the vault answers; rejects after `ms`, and when `ended` aborts. */
  async answers(ms: number, ended: AbortSignal): Promise<void> {
    if (this.#thawed === undefined) return;
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), ms);
    try {
      await Promise.race([this.#thawed, refusal(AbortSignal.any([limit.signal, ended]))]);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Secrets in the memory of this process: no disk, every other promise of the port. */
export class InMemorySecretStore implements SecretStore {
  readonly kind = 'memory';
  readonly #closing = new AbortController();

  constructor(private readonly vault: InMemoryVault = new InMemoryVault()) {}

  async put(name: string, secret: SecretValue, version: number): Promise<SecretRef> {
    const ref = secretRef(name, version);
    const secrets = await this.#secrets();
    if (!secrets.has(ref)) secrets.set(ref, secret);
    if (secrets.get(ref)?.reveal() !== secret.reveal()) throw new SecretVersionTaken(ref);
    return ref;
  }

  async get(ref: SecretRef): Promise<SecretValue> {
    const found = (await this.#secrets()).get(parseSecretRef(ref).ref);
    if (found === undefined) throw new SecretNotFound(ref);
    return found;
  }

  async delete(ref: SecretRef): Promise<void> {
    const secrets = await this.#secrets();
    if (secrets.has(parseSecretRef(ref).ref)) secrets.set(ref, undefined);
  }

  async readiness(withinMs: number): Promise<SecretStoreReadiness> {
    this.#mustBeOpen();
    return this.vault.answers(withinMs, this.#closing.signal).then(
      (): SecretStoreReadiness => ({ ready: true }),
      (): SecretStoreReadiness => ({ ready: false, reason: `no answer within ${withinMs} ms` }),
    );
  }

  async close(): Promise<void> {
    this.#closing.abort();
  }

  async #secrets(): Promise<InMemoryVault['secrets']> {
    this.#mustBeOpen();
    await this.vault.answers(REQUEST_TIMEOUT_MS, this.#closing.signal).catch((error: unknown) => {
      this.#mustBeOpen();
      throw error;
    });
    return this.vault.secrets;
  }

  #mustBeOpen(): void {
    if (this.#closing.signal.aborted) throw new SecretStoreClosed('the secret store is closed');
  }
}

const refusal = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const fail = (): void => reject(new SecretStoreUnavailable('the secret store does not answer'));
    signal.addEventListener('abort', fail, { once: true });
    if (signal.aborted) fail();
  });
