import {
  type CodeSecret,
  type CodeUse,
  type CodeView,
  type PairingCode,
  type PairingCodeEvent,
  type UnixMs,
  evolvePairingCode,
  parsedBlocks,
  parsedScopes,
  unissued,
} from '@openclaw/domain';

type Issued = Exclude<PairingCode, { status: 'unissued' }>;

/** A code as it is judged: everything but the secret that was presented, its master key, and how it was used. */
type Terms = Omit<CodeView, 'secretEndsAt' | 'masterKeyUsable' | 'use'>;

/** One code in memory: its state, and its settings parsed once per change instead of once per use. */
export class IndexedCode {
  #state: PairingCode = unissued;
  #terms: Terms | undefined;
  revision = 0;
  /** An event of this code is newer than this build: nothing can be said about the code until an upgrade. */
  quarantined = false;

  constructor(readonly id: string) {}

  /** The state after issue; undefined before. */
  get issued(): Issued | undefined {
    return this.#state.status === 'unissued' ? undefined : this.#state;
  }

  evolve(event: PairingCodeEvent, revision: number): void {
    this.#state = evolvePairingCode(this.#state, event);
    this.#terms = this.#state.status === 'unissued' ? undefined : termsOf(this.#state);
    this.revision = revision;
  }

  /** Every hash under which this code is known. */
  hashes(): readonly string[] {
    const { issued } = this;
    if (issued === undefined) return [];
    return issued.previous === undefined
      ? [issued.secret.codeHash]
      : [issued.secret.codeHash, issued.previous.codeHash];
  }

  /** What the domain judges, for the secret that was presented; undefined when that is none of this code's. */
  view(presented: CodeSecret, masterKeyUsable: boolean, use: CodeUse): CodeView | undefined {
    const secretEndsAt = this.#endOf(presented);
    if (this.#terms === undefined || secretEndsAt === undefined) return undefined;
    return { ...this.#terms, secretEndsAt, masterKeyUsable, use };
  }

  #endOf({ codeHash, pepperKeyId }: CodeSecret): UnixMs | null | undefined {
    const { issued } = this;
    if (issued?.secret.codeHash === codeHash && issued.secret.pepperKeyId === pepperKeyId) return null;
    const before = issued?.previous;
    return before?.codeHash === codeHash && before.pepperKeyId === pepperKeyId ? before.graceUntil : undefined;
  }
}

const termsOf = ({ codeId, status, settings }: Issued): Terms => ({
  codeId,
  status,
  scopes: parsedScopes(settings.scopes),
  ipAllowList: parsedBlocks(settings.ipAllowList),
  notBefore: settings.notBefore,
  expiresAt: settings.expiresAt,
  idleTimeoutMs: settings.idleTimeoutMs,
  sessionLimitMs: settings.sessionLimitMs,
  usesMax: settings.usesMax,
  rateLimits: settings.rateLimits,
});
