import { createHash } from 'node:crypto';
import { type DomainEvent, domainCodec, streamOf } from '@openclaw/contracts';
import {
  type CodeSecret, type CodeView, type MasterKey, NO_RATE_USE, type PairingCode, type PairingCodeEvent, evolveMasterKey, evolvePairingCode,
  masterKey, pairingCode, parsedBlocks, parsedScopes, unissued,
} from '@openclaw/domain'; // prettier-ignore
import { historyOf, masterKeyCommand, pairingCodeCommand } from '@openclaw/domain/testing';
import { type RecordedEvent, positionAt, streamName } from '@openclaw/event-log';
import fc from 'fast-check';
import { FlatCodes } from './flat-codes';
import { stateDigest } from './state-digest';

const NOT_USED = { firstUsedAt: null, lastUsedAt: null, redeemed: 0, rate: NO_RATE_USE };
const CODES = ['code-1', 'code-2', 'code-3'] as const;
const MASTER_KEY = 'mk-1';

/** Some secrets belong to several codes, which only a broken issuer could bring about. */
const hashOf = (codeId: string, name: string): string =>
  createHash('sha256').update(name.endsWith('4') ? name : codeId + name).digest('hex'); // prettier-ignore
const HASHES = CODES.flatMap((id) => [0, 1, 2, 3, 4].map((its) => hashOf(id, `hash of secret ${its}`)));

type Issued = Exclude<PairingCode, { status: 'unissued' }>;
type Step = { readonly stream: string; readonly id: string; readonly event: DomainEvent | { readonly hash: string } };

const retold = (event: PairingCodeEvent, codeId: string): PairingCodeEvent => {
  const secretIn = ({ codeHash, pepperKeyId }: CodeSecret): CodeSecret => ({ codeHash: hashOf(codeId, codeHash), pepperKeyId });
  switch (event.type) {
    case 'PairingCodeIssued':
      return { type: event.type, data: { ...event.data, codeId, secret: secretIn(event.data.secret) } };
    case 'PairingCodeRotated':
      return { type: event.type, data: { ...event.data, codeId, secret: secretIn(event.data.secret) } };
    case 'PairingCodeReissued':
      return { type: event.type, data: { ...event.data, codeId, secret: secretIn(event.data.secret) } };
    default:
      return { ...event, data: { ...event.data, codeId } } as PairingCodeEvent;
  }
}; // prettier-ignore

const codeSteps = (codeId: string): fc.Arbitrary<readonly Step[]> => {
  const stream = streamOf.pairingCode(codeId);
  const history = fc
    .array(pairingCodeCommand, { maxLength: 15 })
    .map((commands) => historyOf(pairingCode, commands).map((event) => retold(event, codeId)));
  // What no issuer would write in that order must be folded alike, too.
  const anyOrder = history.chain((events) => fc.shuffledSubarray([...events, ...events]));
  const unknown = fc.constantFrom('', ...HASHES).map((hash) => [{ hash }]);
  return fc
    .tuple(fc.oneof({ weight: 3, arbitrary: history }, anyOrder), fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, unknown))
    .chain(([events, strange]) => fc.nat(events.length).map((at) => [...events.slice(0, at), ...strange, ...events.slice(at)]))
    .map((events) => events.map((event): Step => ({ stream, id: codeId, event })));
}; // prettier-ignore

const keySteps: fc.Arbitrary<readonly Step[]> = fc.array(masterKeyCommand, { maxLength: 8 }).map((commands) =>
  historyOf(masterKey, commands).map((event): Step => {
    const known = { ...event, data: { ...event.data, masterKeyId: MASTER_KEY } } as DomainEvent;
    return { stream: streamOf.masterKey(MASTER_KEY), id: MASTER_KEY, event: known };
  }),
);

/** Several streams, each in its order, one into the other at random. */
const interleaved = (streams: readonly (readonly Step[])[], picks: readonly number[]): readonly Step[] => {
  const left = streams.map((steps) => [...steps]).filter((steps) => steps.length > 0);
  const all: Step[] = [];
  for (let i = 0; left.length > 0; i += 1) {
    const at = (picks[i % Math.max(picks.length, 1)] ?? 0) % left.length;
    const next = left[at]?.shift();
    if (next !== undefined) all.push(next);
    if (left[at]?.length === 0) left.splice(at, 1);
  }
  return all;
};

const streams = fc.tuple(...CODES.map(codeSteps), keySteps);
const picks = fc.array(fc.nat(3), { maxLength: 20 });

const recorded = (steps: readonly Step[]): readonly RecordedEvent[] => {
  const revisions = new Map<string, number>();
  return steps.map(({ stream, event }, i) => {
    const revision = (revisions.get(stream) ?? 0) + 1;
    revisions.set(stream, revision);
    const body =
      'hash' in event
        ? { type: 'openclaw.from-tomorrow.v1', terminal: false, data: { secret: { codeHash: event.hash } } }
        : domainCodec.encode(event);
    const place = { position: positionAt(i), revision, appendedAtMs: 0, id: String(i), time: '', source: '', metadata: {} };
    return { ...body, ...place, stream: streamName(stream) };
  });
}; // prettier-ignore

const folded = (steps: readonly Step[]): FlatCodes => {
  const flat = new FlatCodes();
  for (const event of recorded(steps)) flat.apply(event);
  return flat;
};

/** The same fold with the domain's own states in plain maps: slow, and with nothing to get wrong. */
class PlainCodes {
  readonly codes = new Map<string, PairingCode>();
  readonly quarantined = new Set<string>();
  readonly guesses = new Map<string, Set<string>>();
  key: MasterKey = masterKey.initialState;

  constructor(steps: readonly Step[]) {
    for (const { id, event } of steps) {
      if ('hash' in event) this.#quarantine(id, event.hash);
      else if (id === MASTER_KEY) this.key = evolveMasterKey(this.key, event as Parameters<typeof evolveMasterKey>[1]);
      else this.codes.set(id, evolvePairingCode(this.codes.get(id) ?? unissued, event as PairingCodeEvent));
    }
  }

  /** As the index must see it. */
  seen(codeHash: string): unknown {
    const owners = CODES.filter((id) => this.#hashesOf(id).includes(codeHash) || this.guesses.get(codeHash)?.has(id));
    const [id] = owners;
    if (id === undefined) return 'unknown';
    const state = this.codes.get(id) ?? unissued;
    if (owners.length > 1 || state.status === 'unissued') return 'not-understood';
    if (this.quarantined.has(id) && state.status !== 'revoked') return 'not-understood';
    return this.#hashesOf(id).includes(codeHash) ? this.#viewOf(id, state, codeHash) : 'unknown';
  }

  #viewOf(codeId: string, { status, settings, secret, previous }: Issued, codeHash: string): CodeView {
    const { notBefore, expiresAt, idleTimeoutMs, sessionLimitMs, usesMax, rateLimits } = settings;
    return {
      ...{ notBefore, expiresAt, idleTimeoutMs, sessionLimitMs, usesMax, rateLimits, codeId, status },
      secretEndsAt: secret.codeHash === codeHash ? null : (previous?.graceUntil ?? null),
      masterKeyUsable: this.key.status === 'active',
      scopes: parsedScopes(settings.scopes),
      ipAllowList: parsedBlocks(settings.ipAllowList),
      use: NOT_USED,
    };
  }

  #quarantine(id: string, hash: string): void {
    this.quarantined.add(id);
    if (hash === '') return;
    this.guesses.set(hash, (this.guesses.get(hash) ?? new Set()).add(id));
  }

  #hashesOf(id: string): readonly string[] {
    const state = this.codes.get(id) ?? unissued;
    if (state.status === 'unissued') return [];
    return [state.secret.codeHash, ...(state.previous === undefined ? [] : [state.previous.codeHash])];
  }
}

const seenBy = (flat: FlatCodes, codeHash: string, pepperKeyId = 'pepper-1'): unknown => {
  const found = flat.lookup({ codeHash, pepperKeyId });
  return found.kind === 'known' ? found.code.view(found.masterKeyUsable, NOT_USED) : found.kind;
};

const digestOf = (flat: FlatCodes): Promise<string | undefined> => stateDigest(flat, () => true);

describe('laws of the flat code index', () => {
  it('after any history it says of every secret what the states of the domain say', () => {
    fc.assert(
      fc.property(streams, picks, (histories, order) => {
        const steps = interleaved(histories, order);
        const [flat, plain] = [folded(steps), new PlainCodes(steps)];
        for (const hash of HASHES) expect(seenBy(flat, hash)).toEqual(plain.seen(hash));
      }),
      { numRuns: 500 },
    );
  });

  it('knows no secret under another pepper, and none that is no hash', () => {
    fc.assert(
      fc.property(streams, picks, (histories, order) => {
        const flat = folded(interleaved(histories, order));
        for (const hash of HASHES) expect(typeof seenBy(flat, hash, 'pepper-2')).toBe('string');
        for (const none of ['', 'x', 'g'.repeat(64), 'A'.repeat(64)]) expect(seenBy(flat, none)).toBe('unknown');
      }),
    );
  });

  it('its digest does not depend on the order in which streams were interleaved', async () => {
    await fc.assert(
      fc.asyncProperty(streams, picks, picks, async (histories, one, other) => {
        const both = [one, other].map((order) => digestOf(folded(interleaved(histories, order))));
        expect(await both[0]).toBe(await both[1]);
      }),
    );
  });

  it('its digest changes with every event that changes something', async () => {
    await fc.assert(
      fc.asyncProperty(streams, picks, async (histories, order) => {
        const steps = interleaved(histories, order);
        fc.pre(steps.length > 0);
        expect(await digestOf(folded(steps))).not.toBe(await digestOf(folded(steps.slice(0, -1))));
      }),
    );
  });
});
