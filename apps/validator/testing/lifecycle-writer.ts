import { randomBytes, randomUUID } from 'node:crypto';
import { createSecretKey } from 'node:crypto';
import {
  type DomainEvent, domainCodec, encodePosition, generateCode, pepper, type PlainCode, secretOf, streamOf,
} from '@openclaw/contracts'; // prettier-ignore
import { type CodeSettings, unixMs } from '@openclaw/domain';
import { type JournalStore, type Position, type StreamName, streamName } from '@openclaw/event-log';
import { type FreshLog, openFreshLog } from '@openclaw/freshness';

export const PEPPER = pepper('pepper-1', createSecretKey(randomBytes(32)));

const NO_LIMITS: CodeSettings = {
  masterKeyId: '',
  label: 'a code',
  owner: '',
  purpose: '',
  tags: [],
  scopes: ['openai:gpt-4o:chat'],
  ipAllowList: [],
  notBefore: null,
  expiresAt: null,
  idleTimeoutMs: null,
  sessionLimitMs: null,
  usesMax: null,
  rateLimits: {},
  freshnessBoundMs: null,
};

export interface IssuedCode {
  readonly code: PlainCode;
  readonly codeId: string;
  /** Position token of the answer. */
  readonly position: string;
}

/** Writes the lifecycle log as an issuer would. */
export class LifecycleWriter {
  readonly #revisions = new Map<string, number>();

  private constructor(readonly fresh: FreshLog) {}

  static async open(store: JournalStore, boundMs: number): Promise<LifecycleWriter> {
    return new LifecycleWriter(await openFreshLog(store, { source: 'issuer-1', role: 'writer', boundMs }));
  }

  async registerMasterKey(): Promise<string> {
    const masterKeyId = randomUUID();
    const secret = { name: masterKeyId, version: '1' };
    const data = { masterKeyId, ...happened(), label: 'a key', provider: 'openai', secret };
    await this.write(streamOf.masterKey(masterKeyId), { type: 'MasterKeyRegistered', data });
    return masterKeyId;
  }

  async disableMasterKey(masterKeyId: string): Promise<void> {
    const event = { type: 'MasterKeyDisabled', data: { masterKeyId, ...happened() } } as const;
    await this.write(streamOf.masterKey(masterKeyId), event);
  }

  async issue(settings: Partial<CodeSettings> = {}): Promise<IssuedCode> {
    const masterKeyId = settings.masterKeyId ?? (await this.registerMasterKey());
    const [code, codeId] = [generateCode(), randomUUID()];
    const data = {
      codeId, ...happened(), settings: { ...NO_LIMITS, ...settings, masterKeyId }, secret: secretOf(code, PEPPER),
    }; // prettier-ignore
    const position = await this.write(streamOf.pairingCode(codeId), { type: 'PairingCodeIssued', data });
    return { code, codeId, position };
  }

  /** Gives a code a new secret; the old one is valid until `graceUntilMs`. */
  async rotate({ codeId }: IssuedCode, graceUntilMs: number): Promise<IssuedCode> {
    const code = generateCode();
    const data = { codeId, ...happened(), secret: secretOf(code, PEPPER), graceUntil: unixMs(graceUntilMs) };
    const position = await this.write(streamOf.pairingCode(codeId), { type: 'PairingCodeRotated', data });
    return { code, codeId, position };
  }

  revoke({ codeId }: IssuedCode): Promise<string> {
    const event = { type: 'PairingCodeRevoked', data: { codeId, ...happened() } } as const;
    return this.write(streamOf.pairingCode(codeId), event);
  }

  /** Appends an event of a build that is newer than this one. */
  async writeUnknown(stream: string, data: object): Promise<string> {
    return this.#append(stream, { type: 'openclaw.pairing-code.from-tomorrow.v1', terminal: false, data });
  }

  write(stream: string, event: DomainEvent): Promise<string> {
    return this.#append(stream, domainCodec.encode(event));
  }

  async #append(
    stream: string,
    { type, terminal, data }: { readonly type: string; readonly terminal: boolean; readonly data: unknown },
  ): Promise<string> {
    const revision = (this.#revisions.get(stream) ?? 0) + 1;
    const time = new Date().toISOString();
    const event = { id: randomUUID(), type, time, source: 'issuer-1', data };
    const name: StreamName = streamName(stream);
    const appended = await this.fresh.log.append(name, terminal ? 'terminal' : revision, event);
    if (appended.outcome !== 'appended') throw new Error(`${stream} has another writer`);
    this.#revisions.set(stream, revision);
    return this.token(appended.position);
  }

  token(position: Position): string {
    return encodePosition({ logId: this.fresh.log.logId, offset: position });
  }
}

const happened = () => ({ at: unixMs(Date.now()), command: { id: randomUUID(), bodyHash: 'b'.repeat(64) } });
