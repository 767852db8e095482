import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, access, link, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  SecretNotFound, type SecretRef, type SecretStore, SecretStoreClosed, type SecretStoreReadiness,
  SecretStoreUnavailable, SecretUnreadable, SecretValue, SecretVersionTaken, parseSecretRef, secretRef,
} from '@openclaw/secret-store'; // prettier-ignore

export interface FileSecretStoreOptions {
  /** Mode 700, owned by the service: its files hold the secrets as they are. */
  readonly folder: string;
}

/** Opens a folder of secrets; rejects with `TypeError`, naming the remedy, when others than the owner may enter it. */
export const openFileSecretStore = async ({ folder }: FileSecretStoreOptions): Promise<FileSecretStore> => {
  const found = await stat(folder);
  if (!found.isDirectory()) throw new TypeError(`${folder} is not a folder`);
  if ((found.mode & OTHERS) !== 0) throw new TypeError(`others may enter ${folder}: chmod 700 it`);
  return new FileSecretStore(folder);
};

const OTHERS = 0o077;
const OWNER_ONLY = 0o600;

/**
 * One file a version, as a container platform mounts them: `openai/prod@2` is the file `openai:prod@2`, byte for byte
 * the secret (no line end that does not belong to it). Written under another name, synced, then linked: a version is
 * there whole or not at all, and of two writers one wins. A deleted version stays as an empty file, so that it is never
 * written again. Not encrypted: for one machine, or for secrets that the platform puts there.
 */
export class FileSecretStore implements SecretStore {
  readonly kind = 'files';
  #closed = false;

  constructor(private readonly folder: string) {}

  async put(name: string, secret: SecretValue, version: number): Promise<SecretRef> {
    const ref = secretRef(name, version);
    const path = this.#path(ref);
    await this.#asked(() => this.#write(secret.reveal(), (temporary) => linked(temporary, path)));
    const kept = await this.get(ref).catch((error: unknown) => {
      if (error instanceof SecretNotFound) throw new SecretVersionTaken(ref); // deleted
      throw error;
    });
    if (kept.reveal() !== secret.reveal()) throw new SecretVersionTaken(ref);
    return ref;
  }

  async get(ref: SecretRef): Promise<SecretValue> {
    const path = this.#path(ref);
    const bytes = await this.#asked(() => readFile(path).catch(absentAsEmpty));
    if (bytes.length === 0) throw new SecretNotFound(ref);
    try {
      return new SecretValue(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
    } catch {
      throw new SecretUnreadable(`${ref} is not text of at most 64 KiB`);
    }
  }

  async delete(ref: SecretRef): Promise<void> {
    const path = this.#path(ref);
    await this.#asked(async () => {
      if ((await readFile(path).catch(absentAsEmpty)).length === 0) return;
      await this.#write('', (temporary) => rename(temporary, path));
    });
  }

  async readiness(withinMs: number): Promise<SecretStoreReadiness> {
    this.#mustBeOpen();
    const { promise: late, resolve } = Promise.withResolvers<SecretStoreReadiness>();
    const timer = setTimeout(() => resolve({ ready: false, reason: `no answer within ${withinMs} ms` }), withinMs);
    const answer = access(this.folder, constants.R_OK | constants.X_OK).then(
      (): SecretStoreReadiness => ({ ready: true }),
      (error: unknown): SecretStoreReadiness => ({ ready: false, reason: codeOf(error) }),
    );
    return Promise.race([answer, late]).finally(() => clearTimeout(timer));
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #path(ref: SecretRef): string {
    return join(this.folder, parseSecretRef(ref).ref.replaceAll('/', ':'));
  }

  /** A file of its own name, on disk, then given its place; afterwards the folder is on disk, too. */
  async #write(text: string, place: (temporary: string) => Promise<void>): Promise<void> {
    const temporary = join(this.folder, `.${randomUUID()}`);
    try {
      await synced(await open(temporary, 'wx', OWNER_ONLY), (file) => file.writeFile(text));
      await place(temporary);
      await synced(await open(this.folder, 'r'), async () => undefined);
    } finally {
      await rm(temporary, { force: true });
    }
  }

  /** What the file system refuses is worth a retry (a full disk, a mount that went away), never a wrong answer. */
  async #asked<T>(call: () => Promise<T>): Promise<T> {
    this.#mustBeOpen();
    try {
      return await call();
    } catch (error) {
      throw new SecretStoreUnavailable(`the folder of secrets cannot be used: ${codeOf(error)}`);
    } finally {
      this.#mustBeOpen();
    }
  }

  #mustBeOpen(): void {
    if (this.#closed) throw new SecretStoreClosed('the secret store is closed');
  }
}

const linked = (temporary: string, path: string): Promise<void> =>
  link(temporary, path).catch((error: unknown) => {
    if (codeOf(error) !== 'EEXIST') throw error; // who came first is compared afterwards
  });

const synced = async (file: FileHandle, work: (file: FileHandle) => Promise<void>): Promise<void> => {
  try {
    await work(file);
    await file.sync();
  } finally {
    await file.close();
  }
};

const absentAsEmpty = (error: unknown): Buffer => {
  if (codeOf(error) === 'ENOENT') return Buffer.alloc(0);
  throw error;
};

const codeOf = (error: unknown): string => {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'unknown reason';
};
