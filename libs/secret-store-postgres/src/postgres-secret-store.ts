import type { Client } from 'pg';
import {
  SecretNotFound, type SecretRef, type SecretStore, SecretStoreClosed, type SecretStoreReadiness, type SecretValue,
  SecretVersionTaken, parseSecretRef, secretRef,
} from '@openclaw/secret-store'; // prettier-ignore
import { withClient } from './bounded-client';
import { type Envelope, type SecretPlace, rewrapped, seal, unseal } from './envelope';
import type { KeyRing } from './key-ring';
import { DEFAULT_SCHEMA, plainIdentifier } from './schema/names';

export interface PostgresSecretStoreOptions {
  /** Address with the login of the service (`grantPostgresSecretLogin`). */
  readonly url: string;
  readonly keys: KeyRing;
  readonly schema?: string;
  /** A call without an answer for so long rejects. */
  readonly requestTimeoutMs?: number;
}

export interface PostgresSecretStore extends SecretStore {
  /**
   * Wraps every data key with the current key-encryption key and says how many were wrapped with another; when it
   * resolves, the other keys may be taken off the ring of every process. Safe to repeat and to run in two processes.
   */
  rewrap(): Promise<number>;
}

const REQUEST_TIMEOUT_MS = 10_000;

/** Secrets as envelopes in one table; see `envelope.ts`. Connects at each call; needs `migratePostgresSecretStore`. */
export const openPostgresSecretStore = (options: PostgresSecretStoreOptions): PostgresSecretStore =>
  new EnvelopeStore(options);

interface Row {
  readonly name: string;
  readonly version: number;
  readonly key_id: string | null;
  readonly wrapped_key: Buffer | null;
  readonly sealed: Buffer | null;
}

class EnvelopeStore implements PostgresSecretStore {
  readonly kind = 'postgres';
  readonly #closing = new AbortController();
  readonly #url: string;
  readonly #keys: KeyRing;
  readonly #table: string;
  readonly #requestTimeoutMs: number;

  constructor(options: PostgresSecretStoreOptions) {
    this.#url = options.url;
    this.#keys = options.keys;
    this.#table = `${plainIdentifier(options.schema ?? DEFAULT_SCHEMA)}.secrets`;
    this.#requestTimeoutMs = options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS;
  }

  async put(name: string, secret: SecretValue, version: number): Promise<SecretRef> {
    const ref = secretRef(name, version);
    const { keyId, wrappedKey, sealed } = seal(secret, { name, version }, this.#keys);
    await this.#call(async (client) => {
      const text = `INSERT INTO ${this.#table} (name, version, key_id, wrapped_key, sealed)
                    VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`;
      const inserted = await client.query(text, [name, version, keyId, wrappedKey, sealed]);
      if (inserted.rowCount === 1) return;
      const there = await this.#read(client, { name, version });
      if (there?.reveal() !== secret.reveal()) throw new SecretVersionTaken(ref);
    });
    return ref;
  }

  async get(ref: SecretRef): Promise<SecretValue> {
    const place = parseSecretRef(ref);
    const found = await this.#call((client) => this.#read(client, place));
    if (found === undefined) throw new SecretNotFound(ref);
    return found;
  }

  async delete(ref: SecretRef): Promise<void> {
    const { name, version } = parseSecretRef(ref);
    const text = `UPDATE ${this.#table} SET key_id = NULL, wrapped_key = NULL, sealed = NULL, deleted_at = now()
                   WHERE name = $1 AND version = $2 AND deleted_at IS NULL`;
    await this.#call((client) => client.query(text, [name, version]));
  }

  async rewrap(): Promise<number> {
    const others = `SELECT name, version, key_id, wrapped_key, sealed FROM ${this.#table} WHERE key_id <> $1`;
    const update = `UPDATE ${this.#table} SET key_id = $3, wrapped_key = $4 WHERE name = $1 AND version = $2 AND key_id = $5`;
    const rows = await this.#call((client) => client.query<Row>(others, [this.#keys.currentId]));
    for (const row of rows.rows) {
      const envelope = envelopeOf(row);
      if (envelope === undefined) continue;
      const { keyId, wrappedKey } = rewrapped(envelope, row, this.#keys);
      await this.#call((client) => client.query(update, [row.name, row.version, keyId, wrappedKey, envelope.keyId]));
    }
    return rows.rows.length;
  }

  async readiness(withinMs: number): Promise<SecretStoreReadiness> {
    const text = `SELECT DISTINCT key_id FROM ${this.#table} WHERE key_id <> ALL ($1)`;
    try {
      const missing = await this.#call((client) => client.query<Row>(text, [this.#keys.ids]), withinMs);
      if (missing.rows.length === 0) return { ready: true };
      return {
        ready: false,
        reason: `secrets are wrapped with keys not at hand: ${missing.rows.map((row) => row.key_id).join(', ')}`,
      };
    } catch (error) {
      if (error instanceof SecretStoreClosed) throw error;
      return { ready: false, reason: error instanceof Error ? error.message : 'the secret store failed' };
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
  }

  async #read(client: Client, place: SecretPlace): Promise<SecretValue | undefined> {
    const text = `SELECT name, version, key_id, wrapped_key, sealed FROM ${this.#table} WHERE name = $1 AND version = $2`;
    const { rows } = await client.query<Row>(text, [place.name, place.version]);
    const envelope = rows[0] === undefined ? undefined : envelopeOf(rows[0]);
    return envelope === undefined ? undefined : unseal(envelope, place, this.#keys);
  }

  #call<T>(work: (client: Client) => Promise<T>, withinMs = this.#requestTimeoutMs): Promise<T> {
    return withClient(this.#url, { withinMs, closed: this.#closing.signal }, work);
  }
}

/** Undefined for a deleted secret: only its version is left. */
const envelopeOf = ({ key_id: keyId, wrapped_key: wrappedKey, sealed }: Row): Envelope | undefined =>
  keyId === null || wrappedKey === null || sealed === null ? undefined : { keyId, wrappedKey, sealed };
