import {
  type DomainEvent, domainCodec, isMasterKeyEvent, isPairingCodeEvent, parseStream, streamOf,
} from '@openclaw/contracts'; // prettier-ignore
import {
  type CodeSecret,
  type MasterKey,
  evolveMasterKey,
  evolvePairingCode,
  masterKey,
  unixMs,
} from '@openclaw/domain';
import { type RecordedEvent, StreamTable } from '@openclaw/event-log';
import { type Imaged, type Key, keyOfDigest, keyOfHex } from '@openclaw/flat-memory';
import { CodeStore } from './code-store';
import { FoundCode } from './found-code';
import { MASTER_KEY, MASTER_KEY_QUARANTINED, type MemoryName, ROLE, SECRET } from './layout';
import type { Terms } from './terms';
import { TextTable } from './text-table';

/** What the index knows of a presented secret. */
export type Found =
  | { readonly kind: 'unknown' }
  /** The code, or its master key, has an event that this build cannot read, or two codes have this secret. */
  | { readonly kind: 'not-understood' }
  | { readonly kind: 'known'; readonly code: FoundCode; readonly masterKeyUsable: boolean };

const UNKNOWN: Found = { kind: 'unknown' };
const NOT_UNDERSTOOD: Found = { kind: 'not-understood' };
const NO_SECRET = -1;
const SEVERAL_CODES = -2;
const CODE_HASH = /^[0-9a-f]{64}$/;

/**
 * What the validator knows at one place of the log: a fold of its accepted events into flat memory (`layout.ts`). It
 * depends on those events alone, so that every validator has the same at the same place (INVARIANTS I5).
 */
export class FlatCodes {
  readonly streams = new StreamTable();
  readonly texts = new TextTable();
  readonly store = new CodeStore(this.texts);
  /** Secrets found by one look; used anew by each. */
  readonly #found: number[] = [];
  /** The pepper that was asked for last: a validator has one. */
  #pepper = { keyId: '', text: -1 };

  /** Codes in memory, ended ones too. */
  get size(): number {
    return this.store.codes.size;
  }

  /** Everything that it consists of, in the order of a snapshot; after they were loaded call `reindex`. */
  get memories(): Readonly<Record<MemoryName, Imaged>> {
    const { streams, store, texts } = this;
    return {
      streams: streams.records,
      codes: store.codes,
      secrets: store.secrets.records,
      texts: texts.table.records,
      bytes: texts.bytes,
    };
  }

  reindex(): void {
    this.streams.reindex();
    this.store.secrets.reindex();
    this.texts.table.reindex();
  }

  /** Folds one accepted event; to be called for each one, of whatever stream, in log order. */
  apply(recorded: RecordedEvent): void {
    const stream = this.#moved(recorded);
    const parsed = parseStream(recorded.stream);
    if (parsed?.kind !== 'pairingCode' && parsed?.kind !== 'masterKey') return;
    const decoded = domainCodec.decode(recorded.type, recorded.data);
    const event = decoded.understood ? decoded.event : undefined;
    if (parsed.kind === 'masterKey') this.#applyToMasterKey(stream, event);
    else this.#applyToCode(this.#codeOf(stream, parsed.id), recorded, event);
  }

  /** The code of a presented secret. */
  lookup({ codeHash, pepperKeyId }: CodeSecret): Found {
    return CODE_HASH.test(codeHash) ? this.#lookup(keyOfHex(codeHash), pepperKeyId) : UNKNOWN;
  }

  /** The same by the hash as 32 characters, one a byte (`codeDigest`). */
  lookupDigest(digest: string, pepperKeyId: string): Found {
    return this.#lookup(keyOfDigest(digest), pepperKeyId);
  }

  #lookup(key: Key, pepperKeyId: string): Found {
    const secret = this.#secretOf(key);
    if (secret === NO_SECRET) return UNKNOWN;
    if (secret === SEVERAL_CODES) return NOT_UNDERSTOOD;
    const { store } = this;
    const code = store.secrets.records.get(secret, SECRET.code) - 1;
    const status = store.status(code);
    if (status === 'unissued') return NOT_UNDERSTOOD;
    const terms = store.terms(code);
    const masterKeyState = this.#masterKeyState(terms);
    // A revoked code is revoked, whatever else happened to it.
    const isUnclear = store.isQuarantined(code) || (masterKeyState & MASTER_KEY_QUARANTINED) !== 0;
    if (isUnclear && status !== 'revoked') return NOT_UNDERSTOOD;
    if (store.role(secret) === ROLE.guessed || store.pepper(secret) !== this.#pepperText(pepperKeyId)) return UNKNOWN;
    return {
      kind: 'known',
      code: new FoundCode(store.facts(code, secret, status), terms),
      masterKeyUsable: masterKeyState === MASTER_KEY.active,
    };
  }

  #pepperText(keyId: string): number {
    if (this.#pepper.keyId !== keyId || this.#pepper.text < 0) this.#pepper = { keyId, text: this.texts.find(keyId) };
    return this.#pepper.text;
  }

  /** Number of the record of the secret that counts: a code may have had it more than once. */
  #secretOf(key: Key): number {
    const { secrets } = this.store;
    const count = secrets.findAll(key, this.#found);
    let best = this.#found[0] ?? NO_SECRET;
    if (count <= 1) return count === 0 ? NO_SECRET : best;
    const owner = secrets.records.get(best, SECRET.code);
    for (const other of this.#found.slice(1, count)) {
      if (secrets.records.get(other, SECRET.code) !== owner) return SEVERAL_CODES;
      if (this.store.role(other) < this.store.role(best)) best = other;
    }
    return best;
  }

  #masterKeyState(terms: Terms): number {
    if (terms.masterKeyStream < 0) {
      terms.masterKeyStream = this.streams.find(streamOf.masterKey(terms.settings.masterKeyId));
    }
    return this.streams.note(terms.masterKeyStream) / 2;
  }

  #moved({ stream, revision, terminal }: RecordedEvent): number {
    const signed = terminal ? -revision : revision;
    const known = this.streams.find(stream);
    if (known < 0) return this.streams.add(stream, signed);
    this.streams.set(known, signed);
    return known;
  }

  #codeOf(stream: number, id: string): number {
    const note = this.streams.note(stream);
    if (note !== 0) return (note - 1) / 2;
    const code = this.store.add(id);
    this.streams.setNote(stream, 2 * code + 1);
    return code;
  }

  #applyToCode(code: number, { revision, data }: RecordedEvent, event: DomainEvent | undefined): void {
    const { store } = this;
    if (event !== undefined && isPairingCodeEvent(event)) {
      store.write(code, evolvePairingCode(store.read(code), event), revision);
      return;
    }
    store.quarantine(code);
    const hash = newHashIn(data);
    if (hash !== undefined && CODE_HASH.test(hash)) store.guess(code, hash);
  }

  #applyToMasterKey(stream: number, event: DomainEvent | undefined): void {
    const state = this.streams.note(stream) / 2;
    if (event === undefined || !isMasterKeyEvent(event)) {
      this.streams.setNote(stream, 2 * (state | MASTER_KEY_QUARANTINED));
      return;
    }
    const { status } = evolveMasterKey(masterKeyOf(state), event);
    this.streams.setNote(stream, 2 * ((state & MASTER_KEY_QUARANTINED) | MASTER_KEY[status]));
  }
}

const MASTER_KEY_STATUSES = ['unregistered', 'active', 'disabled', 'revoked'] as const;
const NOTHING_KEPT = {
  masterKeyId: '', label: '', provider: '', secret: { name: '', version: '' }, registeredAt: unixMs(0), commands: [],
}; // prettier-ignore

/** The state for the domain to evolve: of a master key only its status is kept. */
const masterKeyOf = (state: number): MasterKey => {
  const status = MASTER_KEY_STATUSES[state & ~MASTER_KEY_QUARANTINED] ?? 'unregistered';
  return status === 'unregistered' ? masterKey.initialState : { ...NOTHING_KEPT, status };
};

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
