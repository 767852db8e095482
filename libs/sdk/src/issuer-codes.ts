import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { NewCode } from './held-code';

export interface IssuerOptions {
  /** Base address of the issuer's REST API. */
  readonly issuer: string;
  /** Operator token with the role `issuer`; a function is asked at each call. */
  readonly token: string | (() => string);
  /** `allowed` = something else encrypts. Without it a token is never sent in plain text beyond this machine. */
  readonly plainText?: 'allowed';
  /** Of one attempt, milliseconds. Default 5000. */
  readonly timeoutMs?: number;
}

/** What `POST /v1/codes` takes; the issuer says what is wrong with it. */
export type CodeSettings = Readonly<Record<string, unknown>>;

export interface IssuedCode extends NewCode {
  readonly codeId: string;
  /** Pass it as `minPosition` to a validator, so that it knows the code. */
  readonly position: string;
}

/** The issuer's no, or that it could not be reached. Its text holds no code and no token. */
export class IssuerRefused extends Error {
  override readonly name = 'IssuerRefused';
  constructor(
    /** Stable code such as `openclaw.caller.forbidden`; `sdk.unreachable` when there was no answer. */
    readonly code: string,
    /** Whether the same call may succeed later. */
    readonly retriable: boolean,
  ) {
    super(`the issuer did not do it: ${code}`);
  }
}

const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost']);
const TIMEOUT_MS = 5000;
const ATTEMPTS = 3;
const FIRST_PAUSE_MS = 200;

/**
 * Gets codes from an issuer, for `HeldCode`. A lost answer is asked for again under the same idempotency key, so that no
 * second code is made; an issuer never shows a secret twice, so the code then gets a new one by rotation.
 */
export class IssuerCodes {
  readonly #options: IssuerOptions;

  /** Throws `TypeError` when the address cannot be used. */
  constructor(options: IssuerOptions) {
    const { protocol, hostname } = new URL(options.issuer);
    const isPrivate = protocol === 'https:' || LOOPBACK.has(hostname) || options.plainText === 'allowed';
    if (!isPrivate) throw new TypeError('issuer: needs https beyond this machine, or say plainText: "allowed"');
    this.#options = options;
  }

  /** Issues a code. Rejects with `IssuerRefused`; then no code was made, or one that nobody has the secret of. */
  async issue(settings: CodeSettings): Promise<IssuedCode> {
    const issued = await this.#post('/v1/codes', settings);
    return issued.code === null ? this.rotate(issued.codeId) : { ...issued, code: issued.code };
  }

  /**
   * Gives a code a new secret; the one in use stays valid for `graceSeconds`. Rejects with `IssuerRefused`. When the
   * answer of a rotation is lost, the code is rotated once more, and the secret in use ends with that.
   */
  async rotate(codeId: string, graceSeconds = 0): Promise<IssuedCode> {
    for (let attempt = 1; ; attempt += 1) {
      const rotated = await this.#post(`/v1/codes/${encodeURIComponent(codeId)}/rotate`, { graceSeconds });
      if (rotated.code !== null) return { ...rotated, code: rotated.code };
      if (attempt === ATTEMPTS) throw new IssuerRefused('sdk.unreachable', true);
    }
  }

  async #post(path: string, body: object): Promise<Answered> {
    const key = randomUUID();
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#attempt(path, body, key);
      } catch (error) {
        if (!(error instanceof IssuerRefused) || !error.retriable || attempt === ATTEMPTS) throw error;
        await pause(FIRST_PAUSE_MS * 2 ** (attempt - 1));
      }
    }
  }

  async #attempt(path: string, body: object, key: string): Promise<Answered> {
    const { issuer, token, timeoutMs = TIMEOUT_MS } = this.#options;
    const headers = {
      authorization: `Bearer ${typeof token === 'string' ? token : token()}`,
      'content-type': 'application/json',
      'idempotency-key': `"${key}"`,
    };
    const sent = { method: 'POST', headers, body: JSON.stringify(body), signal: AbortSignal.timeout(timeoutMs) };
    const answer = await fetch(issuer.replace(/\/$/, '') + path, sent).catch(unreachable);
    const told: unknown = await answer.json().catch(unreachable);
    if (!answer.ok) throw new IssuerRefused(textOf(told, 'code') ?? `http.${answer.status}`, answer.status >= 500);
    return answeredOf(told);
  }
}

/** Without the texts of `fetch`: they may hold addresses with passwords. */
const unreachable = (): never => {
  throw new IssuerRefused('sdk.unreachable', true);
};

interface Answered extends Omit<IssuedCode, 'code'> {
  /** Null: the answer to a call that had been carried out before. */
  readonly code: string | null;
}

const answeredOf = (told: unknown): Answered => {
  const [codeId, position] = [textOf(told, 'codeId'), textOf(told, 'position')];
  if (codeId === undefined || position === undefined) throw new IssuerRefused('sdk.not-an-issuer', false);
  const expiresAt = textOf(told, 'expiresAt');
  return {
    code: textOf(told, 'code') ?? null,
    codeId,
    position,
    expiresAt: expiresAt === undefined ? undefined : new Date(expiresAt),
  };
};

const textOf = (told: unknown, member: string): string | undefined => {
  if (typeof told !== 'object' || told === null) return undefined;
  const value: unknown = Reflect.get(told, member);
  return typeof value === 'string' ? value : undefined;
};
