import { CatchUpSubscription, type Lag } from '@openclaw/consumers';
import {
  type DomainEvent,
  TOPIC,
  domainCodec,
  isMasterKeyEvent,
  isPairingCodeEvent,
  parseStream,
} from '@openclaw/contracts';
import { type CodeSecret, type MasterKey, evolveMasterKey, masterKey } from '@openclaw/domain';
import {
  type EventLog,
  type FollowBatch,
  GENESIS_CHAIN_HASH,
  type LogHead,
  type Position,
  type RecordedEvent,
  positionAt,
} from '@openclaw/event-log';
import type { Projection } from '@openclaw/freshness';
import { batchSpans } from '@openclaw/platform';
import { IndexedCode } from './indexed-code';

/** What the index knows of a presented secret. */
export type Found =
  | { readonly kind: 'unknown' }
  /** The code, or its master key, has an event that this build cannot read. */
  | { readonly kind: 'not-understood' }
  | { readonly kind: 'known'; readonly code: IndexedCode; readonly masterKeyUsable: boolean };

const CONSUMED = { topic: TOPIC.lifecycle, partition: 0, consumer: 'code-index' };
const UNKNOWN: Found = { kind: 'unknown' };
const NOT_UNDERSTOOD: Found = { kind: 'not-understood' };

/**
 * Every code and master key of the lifecycle log, in memory, by the hash of the secret. Folding a batch, moving
 * `applied` and telling about it happen in one synchronous turn, so that nobody sees a state without its place.
 */
export class CodeIndex implements Projection {
  readonly #codes = new Map<string, IndexedCode>();
  readonly #byHash = new Map<string, IndexedCode>();
  readonly #masterKeys = new Map<string, MasterKey>();
  readonly #quarantinedMasterKeys = new Set<string>();
  readonly #listeners = new Set<() => void>();
  readonly #subscription: CatchUpSubscription;
  #applied: LogHead;

  constructor(log: EventLog) {
    this.#applied = { logId: log.logId, position: positionAt(-1), chainHash: GENESIS_CHAIN_HASH };
    this.#subscription = new CatchUpSubscription({ log, after: 'beginning', handle: (batch) => this.#fold(batch) });
  }

  /** Resolves when `close` was called; rejects when the log halts or a fold fails: the process must then end. */
  get ended(): Promise<void> {
    return this.#subscription.ended;
  }

  applied(): LogHead {
    return this.#applied;
  }

  onApplied(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves when everything that was on the log at the start is folded; rejects when `signal` aborts. */
  caughtUp(signal: AbortSignal): Promise<void> {
    return this.#subscription.caughtUp(signal);
  }

  /** Resolves when `position` is folded; rejects when `signal` aborts. */
  reached(position: Position, signal: AbortSignal): Promise<void> {
    return this.#subscription.reached(position, signal);
  }

  /** How far it is behind the log. */
  lag(): Lag {
    return this.#subscription.lag();
  }

  /** Codes in memory, ended ones too. */
  get size(): number {
    return this.#codes.size;
  }

  /** The code of a presented secret; synchronous, so that the caller captures its lease in the same turn. */
  lookup({ codeHash }: CodeSecret): Found {
    const code = this.#byHash.get(codeHash);
    if (code === undefined) return UNKNOWN;
    const { issued } = code;
    if (issued === undefined) return NOT_UNDERSTOOD;
    const { masterKeyId } = issued.settings;
    // A revoked code is revoked, whatever else happened to it.
    const isUnclear = code.quarantined || this.#quarantinedMasterKeys.has(masterKeyId);
    if (isUnclear && issued.status !== 'revoked') return NOT_UNDERSTOOD;
    return { kind: 'known', code, masterKeyUsable: this.#masterKeys.get(masterKeyId)?.status === 'active' };
  }

  close(): Promise<void> {
    return this.#subscription.stop();
  }

  #fold({ entries, head }: FollowBatch): void {
    const spans = batchSpans(entries, CONSUMED);
    for (const entry of entries) if (entry.kind === 'event') this.#apply(entry.event);
    this.#applied = head;
    for (const listener of this.#listeners) listener();
    for (const span of spans) span.end();
  }

  #apply(recorded: RecordedEvent): void {
    const stream = parseStream(recorded.stream);
    if (stream?.kind !== 'pairingCode' && stream?.kind !== 'masterKey') return;
    const decoded = domainCodec.decode(recorded.type, recorded.data);
    const event = decoded.understood ? decoded.event : undefined;
    if (stream.kind === 'pairingCode') this.#applyToCode(stream.id, recorded, event);
    else this.#applyToMasterKey(stream.id, event);
  }

  #applyToCode(id: string, recorded: RecordedEvent, event: DomainEvent | undefined): void {
    const code = this.#codes.get(id) ?? new IndexedCode(id);
    this.#codes.set(id, code);
    if (event === undefined || !isPairingCodeEvent(event)) {
      code.quarantined = true;
      const hash = newHashIn(recorded.data);
      if (hash !== undefined) this.#byHash.set(hash, code);
      return;
    }
    for (const hash of code.hashes()) if (this.#byHash.get(hash) === code) this.#byHash.delete(hash);
    code.evolve(event, recorded.revision);
    for (const hash of code.hashes()) this.#byHash.set(hash, code);
  }

  #applyToMasterKey(id: string, event: DomainEvent | undefined): void {
    if (event === undefined || !isMasterKeyEvent(event)) this.#quarantinedMasterKeys.add(id);
    else this.#masterKeys.set(id, evolveMasterKey(this.#masterKeys.get(id) ?? masterKey.initialState, event));
  }
}

/**
 * The secret that an event of a newer build gives a code, where such events have always had it. A guess, used only to
 * say "cannot be judged" instead of "unknown": a code is never allowed because of it.
 */
const newHashIn = (data: unknown): string | undefined => {
  if (typeof data !== 'object' || data === null || !('secret' in data)) return undefined;
  const { secret } = data;
  if (typeof secret !== 'object' || secret === null || !('codeHash' in secret)) return undefined;
  return typeof secret.codeHash === 'string' ? secret.codeHash : undefined;
};
