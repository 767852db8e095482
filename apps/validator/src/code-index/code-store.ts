import { type CodeSecret, type PairingCode, type UnixMs, unissued, unixMs } from '@openclaw/domain';
import { KeyedTable, RecordMemory, hexOfKey, keyOfHex } from '@openclaw/flat-memory';
import {
  CODE, CODE_WORDS, QUARANTINED, ROLE, ROLE_BITS, SECRET, SECRET_OWN_WORDS, STATUS, STATUS_MASK,
} from './layout'; // prettier-ignore
import type { CodeFacts } from './found-code';
import { type Terms, termsOf, termsText } from './terms';
import type { TextTable } from './text-table';

type Issued = Exclude<PairingCode, { status: 'unissued' }>;

/** Terms that are read and ready; when so many are, they are all read anew as they are needed. */
const READY_TERMS_MAX = 10_000;

/**
 * The codes and their secrets in records. A code goes through `read`, the domain's `evolvePairingCode` and `write`: what
 * an event means is said there and nowhere else. What judging never asks for (label, owner, commands...) is not kept.
 */
export class CodeStore {
  readonly codes = new RecordMemory(CODE_WORDS);
  readonly secrets = new KeyedTable(SECRET_OWN_WORDS);
  readonly #ready = new Map<number, Terms>();

  constructor(private readonly texts: TextTable) {}

  /** The number of a new code, not issued yet. */
  add(id: string): number {
    const code = this.codes.append();
    const { at, bytes } = this.texts.keep(id);
    const isAscii = bytes === id.length;
    this.codes.set(code, CODE.idAt, at);
    this.codes.set(code, CODE.idForm, 2 * bytes + (isAscii ? 1 : 0));
    return code;
  }

  id(code: number): string {
    const [at, form] = [this.codes.get(code, CODE.idAt), this.codes.get(code, CODE.idForm)];
    return form % 2 === 1 ? this.texts.bytes.ascii(at >>> 0, form >> 1) : this.texts.kept(at, form >> 1);
  }

  status(code: number): PairingCode['status'] {
    return STATUSES[this.codes.get(code, CODE.state) & STATUS_MASK] ?? 'unissued';
  }

  isQuarantined(code: number): boolean {
    return (this.codes.get(code, CODE.state) & QUARANTINED) !== 0;
  }

  quarantine(code: number): void {
    this.codes.set(code, CODE.state, this.codes.get(code, CODE.state) | QUARANTINED);
  }

  /** Notes a secret that an event may have given the code. */
  guess(code: number, codeHash: string): void {
    const found: number[] = [];
    const count = this.secrets.findAll(keyOfHex(codeHash), found);
    const isNoted = found
      .slice(0, count)
      .some((one) => this.role(one) === ROLE.guessed && this.secrets.records.get(one, SECRET.code) === code + 1);
    if (!isNoted) this.#addSecret(code, { codeHash, pepperKeyId: '' }, ROLE.guessed, Number.NaN);
  }

  /** The terms of an issued code. */
  terms(code: number): Terms {
    const number = this.codes.get(code, CODE.terms) - 1;
    const ready = this.#ready.get(number);
    if (ready !== undefined) return ready;
    if (this.#ready.size >= READY_TERMS_MAX) this.#ready.clear();
    const terms = termsOf(this.texts.text(number));
    this.#ready.set(number, terms);
    return terms;
  }

  /** What a use of the code by one of its secrets is judged by. */
  facts(code: number, secret: number, status: CodeFacts['status']): CodeFacts {
    const { codes } = this;
    return {
      id: this.id(code),
      revision: codes.get(code, CODE.revision),
      status,
      notBefore: instantOf(codes.getFloat(code, CODE.notBefore)),
      expiresAt: instantOf(codes.getFloat(code, CODE.expiresAt)),
      secretEndsAt: this.#graceUntil(secret),
    };
  }

  /** The state for the domain to evolve; what is not kept is empty in it. */
  read(code: number): PairingCode {
    const status = this.status(code);
    if (status === 'unissued') return unissued;
    const kept = {
      codeId: this.id(code),
      settings: {
        ...NOT_KEPT,
        ...this.terms(code).settings,
        notBefore: instantOf(this.codes.getFloat(code, CODE.notBefore)),
        expiresAt: instantOf(this.codes.getFloat(code, CODE.expiresAt)),
      },
      secret: this.#secret(this.codes.get(code, CODE.secret) - 1),
      previous: this.#previous(this.codes.get(code, CODE.previous) - 1),
      issuedAt: unixMs(0),
      commands: [],
    };
    return status === 'revoked' ? { ...kept, status, revokedAt: unixMs(0) } : { ...kept, status };
  }

  /** Keeps what the domain made of it. */
  write(code: number, state: PairingCode, revision: number): void {
    const { codes } = this;
    codes.set(code, CODE.revision, revision);
    if (state.status === 'unissued') return;
    codes.set(code, CODE.state, (codes.get(code, CODE.state) & QUARANTINED) | STATUS[state.status]);
    codes.set(code, CODE.terms, this.texts.intern(termsText(state.settings)) + 1);
    codes.setFloat(code, CODE.notBefore, state.settings.notBefore ?? Number.NaN);
    codes.setFloat(code, CODE.expiresAt, state.settings.expiresAt ?? Number.NaN);
    this.#writeSecrets(code, state);
  }

  /** Number of the text that is the id of the pepper of a secret. */
  pepper(secret: number): number {
    return this.secrets.records.get(secret, SECRET.roleAndPepper) >>> ROLE_BITS;
  }

  role(secret: number): number {
    return this.secrets.records.get(secret, SECRET.roleAndPepper) & ((1 << ROLE_BITS) - 1);
  }

  #writeSecrets(code: number, { secret, previous }: Issued): void {
    for (const word of [CODE.secret, CODE.previous]) {
      const old = this.codes.get(code, word) - 1;
      if (old >= 0) this.secrets.remove(old);
    }
    this.codes.set(code, CODE.secret, this.#addSecret(code, secret, ROLE.current, Number.NaN) + 1);
    const older = previous === undefined ? -1 : this.#addSecret(code, previous, ROLE.previous, previous.graceUntil);
    this.codes.set(code, CODE.previous, older + 1);
  }

  #addSecret(code: number, { codeHash, pepperKeyId }: CodeSecret, role: number, graceUntil: number): number {
    const pepper = this.texts.intern(pepperKeyId);
    const secret = this.secrets.insert(keyOfHex(codeHash));
    this.secrets.records.set(secret, SECRET.code, code + 1);
    this.secrets.records.set(secret, SECRET.roleAndPepper, (pepper << ROLE_BITS) | role);
    this.secrets.records.setFloat(secret, SECRET.graceUntil, graceUntil);
    return secret;
  }

  #secret(secret: number): CodeSecret {
    const { records } = this.secrets;
    const codeHash = hexOfKey(records.segment(secret), records.at(secret));
    return { codeHash, pepperKeyId: this.texts.text(this.pepper(secret)) };
  }

  /** Null for every other secret than one before a rotation. */
  #graceUntil(secret: number): UnixMs | null {
    return instantOf(this.secrets.records.getFloat(secret, SECRET.graceUntil));
  }

  #previous(secret: number): Issued['previous'] {
    return secret < 0 ? undefined : { ...this.#secret(secret), graceUntil: this.#graceUntil(secret) ?? unixMs(0) };
  }
}

const STATUSES: readonly PairingCode['status'][] = ['unissued', 'active', 'suspended', 'revoked'];
const NOT_KEPT = { label: '', owner: '', purpose: '', tags: [] };
const instantOf = (value: number): UnixMs | null => (Number.isNaN(value) ? null : unixMs(value));
