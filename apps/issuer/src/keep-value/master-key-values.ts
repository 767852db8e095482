import { Inject, Injectable } from '@nestjs/common';
import type { SecretReference } from '@openclaw/domain';
import { ApiError } from '@openclaw/platform';
import { type SecretStore, SecretValue } from '@openclaw/secret-store';
import { SECRET_STORE } from '../tokens';
import { type SecretNamed, type ValueGiven, invalidValue } from './value-given.dto';

/** Brings master keys' values into the secret store, or finds them there; what leaves is a reference. */
@Injectable()
export class MasterKeyValues {
  constructor(@Inject(SECRET_STORE) private readonly secrets: SecretStore) {}

  /**
   * A pasted value is kept under `name`, which belongs to one command: a retry brings the same value and meets the same
   * reference. Throws an `ApiError` that names the field: for another value under one idempotency key, a store that
   * cannot be written, and a reference to nothing.
   */
  async referTo(given: ValueGiven, name: string): Promise<SecretReference> {
    return 'secret' in given ? this.#keep(name, given.secret) : this.#find(given);
  }

  async #keep(name: string, secret: string): Promise<SecretReference> {
    try {
      await this.secrets.put(name, new SecretValue(secret), 1);
    } catch (error) {
      if (named(error, 'SecretVersionTaken')) throw new ApiError('openclaw.request.idempotency-key-reused');
      if (!named(error, 'SecretStoreReadOnly')) throw error;
      const remedy = 'put the key there yourself and give its secretRef (<name>@<version>)';
      throw invalidValue('secret', `the secret store (${this.secrets.kind}) cannot be written from here`, remedy);
    }
    return { name, version: '1' };
  }

  async #find({ ref, name, version }: SecretNamed): Promise<SecretReference> {
    try {
      await this.secrets.get(ref);
    } catch (error) {
      const remedy = `check name and version in the secret store (${this.secrets.kind})`;
      if (named(error, 'SecretNotFound')) throw invalidValue('secretRef', 'there is no such secret', remedy);
      if (named(error, 'SecretUnreadable')) throw invalidValue('secretRef', 'this secret cannot be opened', remedy);
      throw error;
    }
    return { name, version: String(version) };
  }
}

const named = (error: unknown, name: string): boolean => error instanceof Error && error.name === name;
