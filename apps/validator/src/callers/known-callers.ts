import { bearerToken, hashToken } from '@openclaw/platform';

/** A service that asks for judgements, such as an API gateway. */
export interface Caller {
  readonly name: string;
  /** May know why a code was refused, and which code it was. */
  readonly auditor: boolean;
}

const TOKEN_LINE = /^([A-Za-z0-9._-]{1,64}):([0-9a-f]{64})(:auditor)?$/;
/** As Node writes a subject alternative name; one with quotes is none that we would take. */
const CERTIFICATE_LINE = /^([A-Za-z0-9._-]{1,64}) ((?:URI|DNS):[^\s",]+)( auditor)?$/;

/** Who may call the validator: by the SHA-256 of a token, or by a name in a client certificate that was verified. */
export class KnownCallers {
  /** By hash or name. A look-up by hash reveals nothing by its time: the hash of a guess is not the caller's to choose. */
  private constructor(private readonly callers: ReadonlyMap<string, Caller>) {}

  /**
   * Reads one `name:sha256hex[:auditor]` or `name URI:spiffe://… [auditor]` (or `DNS:…`) per line; lines that are empty or begin with # say nothing. Returns the
   * numbers of the lines that are at fault instead, and never their content.
   */
  static parse(text: string): KnownCallers | { readonly faultyLines: readonly number[] } {
    const callers = new Map<string, Caller>();
    const faultyLines: number[] = [];
    for (const [index, raw] of text.split('\n').entries()) {
      const line = raw.trim();
      if (line === '' || line.startsWith('#')) continue;
      const [, name, proof, auditor] = TOKEN_LINE.exec(line) ?? CERTIFICATE_LINE.exec(line) ?? [];
      if (name === undefined || proof === undefined || callers.has(proof)) faultyLines.push(index + 1);
      else callers.set(proof, { name, auditor: auditor !== undefined });
    }
    return faultyLines.length > 0 ? { faultyLines } : new KnownCallers(callers);
  }

  /**
   * The caller of an `Authorization: Bearer` header, or, when there is none, of a verified client certificate with this
   * subject alternative name (as Node writes it); undefined for anybody else. A wrong token is never made good by a
   * certificate.
   */
  authenticate(header: string | undefined, subjectAltName?: string): Caller | undefined {
    const token = bearerToken(header);
    if (token !== undefined) return this.callers.get(hashToken(token));
    if (header !== undefined) return undefined;
    const names = subjectAltName?.split(', ') ?? [];
    return names.map((name) => this.callers.get(name)).find((caller) => caller !== undefined);
  }
}
