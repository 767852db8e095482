import { inspect } from 'node:util';

/** Larger than any API key, and small enough for every secret store (Vault, AWS: 64 KiB). */
export const SECRET_BYTES_MAX = 65_536;

const PRINTED = '[secret]';

/**
 * A secret on its way through the process. Printing, joining, JSON and the debugger's inspect show `[secret]`; the
 * plain text leaves only through `reveal`, a word that can be searched for.
 */
export class SecretValue {
  readonly #plain: string;

  /** Throws `RangeError` for text that is empty, too large or not well-formed Unicode; the error does not quote it. */
  constructor(plain: string) {
    const bytes = Buffer.byteLength(plain);
    if (bytes === 0 || bytes > SECRET_BYTES_MAX) {
      throw new RangeError(`a secret of ${bytes} bytes; it has at least 1 and at most ${SECRET_BYTES_MAX}`);
    }
    if (!plain.isWellFormed()) throw new RangeError('a secret that is not well-formed Unicode could not be given back');
    this.#plain = plain;
  }

  /** The plain text: for the call that needs it, never for a log, an error or an event. */
  reveal(): string {
    return this.#plain;
  }

  toString(): string {
    return PRINTED;
  }

  toJSON(): string {
    return PRINTED;
  }

  [Symbol.toPrimitive](): string {
    return PRINTED;
  }

  [inspect.custom](): string {
    return PRINTED;
  }
}
