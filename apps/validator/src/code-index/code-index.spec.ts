import { randomUUID } from 'node:crypto';
import { type PlainCode, secretOf, streamOf } from '@openclaw/contracts';
import { NO_RATE_USE, unixMs } from '@openclaw/domain';
import { ChainHash, InMemoryJournalServer, InMemoryJournalStore } from '@openclaw/event-log';
import { type FreshLog, openFreshLog } from '@openclaw/freshness';
import { LifecycleWriter, PEPPER } from '../../testing/lifecycle-writer';
import { CodeIndex } from './code-index';

const BOUND_MS = 1000;
const NOT_USED = { firstUsedAt: null, lastUsedAt: null, redeemed: 0, rate: NO_RATE_USE };

const suspended = (codeId: string) => ({
  type: 'PairingCodeSuspended' as const,
  data: { codeId, at: unixMs(Date.now()), command: { id: randomUUID(), bodyHash: 'b'.repeat(64) } },
});

describe('The code index', () => {
  let store: InMemoryJournalStore;
  let issuer: LifecycleWriter;
  let fresh: FreshLog;
  let index: CodeIndex;

  beforeEach(async () => {
    store = new InMemoryJournalStore(new InMemoryJournalServer());
    issuer = await LifecycleWriter.open(store, BOUND_MS);
    fresh = await openFreshLog(store, { source: 'validator-1', role: 'reader', boundMs: BOUND_MS });
    index = new CodeIndex(fresh.log);
  });

  afterEach(async () => {
    await index.close();
    await fresh.close();
    await issuer.fresh.close();
    await store.close();
  });

  /** Waits until the index has read everything that the issuer wrote. */
  const caughtUp = () => index.reached(issuer.fresh.log.head().position, AbortSignal.timeout(5000));
  const find = async (code: PlainCode) => {
    await caughtUp();
    return index.lookup(secretOf(code, PEPPER));
  };
  const viewOf = async (code: PlainCode) => {
    const found = await find(code);
    return found.kind === 'known' ? found.code.view(found.masterKeyUsable, NOT_USED) : undefined;
  };

  it('finds an issued code by the hash of its secret, and nothing by any other', async () => {
    const issued = await issuer.issue();
    expect(await viewOf(issued.code)).toMatchObject({ codeId: issued.codeId, status: 'active', masterKeyUsable: true });
    const { code } = await issuer.issue();
    expect(await viewOf(code)).not.toMatchObject({ codeId: issued.codeId });
    expect(index.lookup({ codeHash: '0'.repeat(64), pepperKeyId: PEPPER.keyId })).toEqual({ kind: 'unknown' });
  });

  it('knows both secrets of a rotated code, the older one with the end of its grace', async () => {
    const issued = await issuer.issue();
    const rotated = await issuer.rotate(issued, 1_900_000_000_000);
    expect(await viewOf(rotated.code)).toMatchObject({ codeId: issued.codeId, secretEndsAt: null });
    expect(await viewOf(issued.code)).toMatchObject({ codeId: issued.codeId, secretEndsAt: 1_900_000_000_000 });
  });

  it('forgets the secret before the one before', async () => {
    const issued = await issuer.issue();
    await issuer.rotate(issued, 1_900_000_000_000);
    await issuer.rotate(issued, 1_900_000_000_000);
    expect(await find(issued.code)).toEqual({ kind: 'unknown' });
  });

  it('tells of a revocation and of a master key that may not be used', async () => {
    const masterKeyId = await issuer.registerMasterKey();
    const [revoked, orphan] = [await issuer.issue({ masterKeyId }), await issuer.issue({ masterKeyId })];
    await issuer.revoke(revoked);
    await issuer.disableMasterKey(masterKeyId);
    expect(await viewOf(revoked.code)).toMatchObject({ status: 'revoked' });
    expect(await viewOf(orphan.code)).toMatchObject({ status: 'active', masterKeyUsable: false });
  });

  it('does not judge a code after an event that it does not understand, and judges all others', async () => {
    const [changed, other] = [await issuer.issue(), await issuer.issue()];
    await issuer.writeUnknown(streamOf.pairingCode(changed.codeId), { anything: true });
    expect(await find(changed.code)).toEqual({ kind: 'not-understood' });
    expect(await find(other.code)).toMatchObject({ kind: 'known' });
  });

  it('still says revoked when a code that it did not understand ends', async () => {
    const issued = await issuer.issue();
    await issuer.writeUnknown(streamOf.pairingCode(issued.codeId), {});
    await issuer.revoke(issued);
    expect(await viewOf(issued.code)).toMatchObject({ status: 'revoked' });
  });

  it('knows the secret of a code whose issue it does not understand, to refuse to judge it', async () => {
    const { code } = await issuer.issue();
    await issuer.writeUnknown(streamOf.pairingCode('from-tomorrow'), { secret: secretOf(code, PEPPER) });
    expect(await find(code)).toEqual({ kind: 'not-understood' });
  });

  it('does not judge codes under a master key that it does not understand', async () => {
    const masterKeyId = await issuer.registerMasterKey();
    const { code } = await issuer.issue({ masterKeyId });
    await issuer.writeUnknown(streamOf.masterKey(masterKeyId), {});
    expect(await find(code)).toEqual({ kind: 'not-understood' });
  });

  it('folds a long batch over several turns, at each of which its place on the log is right', async () => {
    const { codeId } = await issuer.issue();
    for (let i = 0; i < 300; i += 1) await issuer.write(streamOf.pairingCode(codeId), suspended(codeId));
    const chainHashes = new Map<number, string>();
    const whole = new CodeIndex(fresh.log);
    whole.onApplied(() => chainHashes.set(whole.applied().position, whole.applied().chainHash));
    await whole.caughtUp(AbortSignal.timeout(5000));
    await caughtUp();
    const [chain, places] = [new ChainHash(), chainHashes.size];
    for await (const { entries } of fresh.log.follow('beginning', AbortSignal.timeout(5000))) {
      for (const { position, value } of entries) {
        chain.update(value);
        if (chainHashes.get(position) === chain.hex()) chainHashes.delete(position);
      }
      if (entries.at(-1)?.position === whole.applied().position) break;
    }
    expect(places).toBeGreaterThan(1);
    expect(chainHashes.size).toBe(0);
    expect(await whole.digest()).toEqual(await index.digest());
    await whole.close();
  });

  it('moves its place only together with its state, and says so', async () => {
    const issued = await issuer.issue();
    await caughtUp();
    const seen: boolean[] = [];
    index.onApplied(() => {
      const found = index.lookup(secretOf(issued.code, PEPPER));
      const revoked = found.kind === 'known' && found.code.status === 'revoked';
      seen.push(revoked === index.applied().position >= issuer.fresh.log.head().position);
    });
    await issuer.revoke(issued);
    await caughtUp();
    expect(seen).toContain(true);
    expect(seen).not.toContain(false);
    expect(index.applied()).toEqual(issuer.fresh.log.head());
  });
});
