import { createHmac, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { inspect } from 'node:util';

const KEY_BYTES = 32;
/** `openssl rand -base64 32`: 43 characters and one `=`. */
const KEY_LINE = /^[A-Za-z0-9+/]{43}=$/;

/**
 * The key-encryption keys: the first wraps what is written from now on, the others only unwrap what is old. A key is
 * named by a fingerprint of itself, so two files can never give one name to two keys.
 */
export class KeyRing {
  readonly currentId: string;
  readonly #keys = new Map<string, Buffer>();

  private constructor(keys: readonly Buffer[]) {
    for (const key of keys) this.#keys.set(fingerprint(key), key);
    this.currentId = [...this.#keys.keys()][0] ?? '';
  }

  /**
   * One base64 key of 32 bytes a line, the current one first; empty lines and lines that begin with `#` are skipped.
   * Throws `TypeError` naming `source` and the line, never what the line holds.
   */
  static parse(text: string, source: string): KeyRing {
    const keys = text.split('\n').flatMap((raw, index) => {
      const line = raw.trim();
      if (line === '' || line.startsWith('#')) return [];
      if (!KEY_LINE.test(line)) throw new TypeError(`${source}, line ${index + 1}: not a key of 32 bytes in base64`);
      return [Buffer.from(line, 'base64')];
    });
    if (keys.length === 0) throw new TypeError(`${source}: there is no key in it; make one: openssl rand -base64 32`);
    return new KeyRing(keys);
  }

  get ids(): readonly string[] {
    return [...this.#keys.keys()];
  }

  key(id: string): Buffer | undefined {
    return this.#keys.get(id);
  }

  toJSON(): string {
    return this[inspect.custom]();
  }

  [inspect.custom](): string {
    return `[key ring: current ${this.currentId}, ${this.#keys.size} in all]`;
  }
}

/** Reads a key file. Throws `TypeError` also when others than its owner may read it: `chmod 600` it. */
export const readKeyFile = async (path: string): Promise<KeyRing> => {
  const { mode } = await stat(path);
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    throw new TypeError(`${path} can be read by others than its owner: chmod 600 it, and consider its keys as known`);
  }
  return KeyRing.parse(await readFile(path, 'utf8'), path);
};

/** Reads the key file, and makes one with a fresh key when there is none: for the embedded default. Safe to race. */
export const ensureKeyFile = async (path: string): Promise<KeyRing> => {
  if (!existsSync(path)) await publishKeyFile(path);
  return readKeyFile(path);
};

/** The file appears whole, on the disk, and never replaces one: losing its key is losing every secret. */
const publishKeyFile = async (path: string): Promise<void> => {
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  const note = '# Key-encryption keys, the current one first. Without them no stored secret can be read.';
  await writeFile(draft, `${note}\n${newKeyLine()}\n`, { flag: 'wx', mode: 0o600, flush: true });
  try {
    await link(draft, path);
  } catch (error) {
    if (!existsSync(path)) throw error; // else another process was faster
  } finally {
    await rm(draft);
  }
};

/** A line for a key file. To rotate: put it first, restart, call `rewrap`, then take the old lines away. */
export const newKeyLine = (): string => randomBytes(KEY_BYTES).toString('base64');

const fingerprint = (key: Buffer): string =>
  createHmac('sha256', key).update('openclaw key-encryption key id').digest('hex').slice(0, 16);
