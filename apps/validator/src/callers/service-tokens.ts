import { bearerToken, hashToken } from '@openclaw/platform';

/** A service that asks for judgements, such as an API gateway. */
export interface Caller {
  readonly name: string;
  /** May know why a code was refused, and which code it was. */
  readonly auditor: boolean;
}

const LINE = /^([A-Za-z0-9._-]{1,64}):([0-9a-f]{64})(:auditor)?$/;

/** Who may call the validator, by the SHA-256 of the token that each presents. */
export class ServiceTokens {
  /** A look-up by hash reveals nothing by its time: the hash of a guess is not the caller's to choose. */
  readonly #byHash: ReadonlyMap<string, Caller>;

  private constructor(callers: ReadonlyMap<string, Caller>) {
    this.#byHash = callers;
  }

  /**
   * Reads one `name:sha256hex[:auditor]` per line; lines that are empty or begin with # say nothing. Returns the
   * numbers of the lines that are at fault instead, and never their content.
   */
  static parse(text: string): ServiceTokens | { readonly faultyLines: readonly number[] } {
    const callers = new Map<string, Caller>();
    const faultyLines: number[] = [];
    for (const [index, raw] of text.split('\n').entries()) {
      const line = raw.trim();
      if (line === '' || line.startsWith('#')) continue;
      const [, name, hash, auditor] = LINE.exec(line) ?? [];
      if (name === undefined || hash === undefined || callers.has(hash)) faultyLines.push(index + 1);
      else callers.set(hash, { name, auditor: auditor !== undefined });
    }
    return faultyLines.length > 0 ? { faultyLines } : new ServiceTokens(callers);
  }

  /** The caller of an `Authorization: Bearer` header; undefined for anybody else. */
  authenticate(header: string | undefined): Caller | undefined {
    const token = bearerToken(header);
    return token === undefined ? undefined : this.#byHash.get(hashToken(token));
  }
}
