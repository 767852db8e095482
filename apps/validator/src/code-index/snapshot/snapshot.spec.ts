import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecretKey, randomBytes } from 'node:crypto';
import { secretOf } from '@openclaw/contracts';
import { ValidatorFleet } from '../../../testing/validator-fleet';
import { type LifecycleWriter, PEPPER } from '../../../testing/lifecycle-writer';
import { type CodeIndex } from '../code-index';
import { SnapshotRefused, readSnapshot } from './read-snapshot';
import { snapshotSeal } from './snapshot-seal';
import { writeSnapshot } from './write-snapshot';

const SEAL = snapshotSeal(PEPPER.key);
const soon = (): AbortSignal => AbortSignal.timeout(5000);

describe('A snapshot of the code index', () => {
  let fleet: ValidatorFleet & { readonly issuer: LifecycleWriter };
  let folder: string;
  let path: string;

  beforeEach(async () => {
    fleet = await ValidatorFleet.open();
    folder = await mkdtemp(join(tmpdir(), 'openclaw-snapshot-'));
    path = join(folder, 'validator-1.code-index');
  });

  afterEach(async () => {
    await fleet.close(fleet.issuer);
    await rm(folder, { recursive: true });
  });

  const indexOf = async (): Promise<CodeIndex> => {
    const { index } = await fleet.start('validator-1');
    await index.reached(fleet.issuer.fresh.log.head().position, soon());
    return index;
  };

  it('is of the moment at which it was begun, whatever the index learns meanwhile', async () => {
    const before = await fleet.issuer.issue({ ipAllowList: ['10.0.0.0/8'] });
    const index = await indexOf();
    const { head, digest } = await index.digest();
    const writing = writeSnapshot(path, index, SEAL);
    const later = await fleet.issuer.issue();
    await fleet.issuer.revoke(before);
    await index.reached(fleet.issuer.fresh.log.head().position, soon());
    await writing;
    const kept = await readSnapshot(path, SEAL);
    expect(kept?.head).toEqual(head);
    expect(kept?.state.lookup(secretOf(before.code, PEPPER))).toMatchObject({
      kind: 'known',
      code: { status: 'active' },
    });
    expect(kept?.state.lookup(secretOf(later.code, PEPPER))).toEqual({ kind: 'unknown' });
    expect((await index.digest()).digest).not.toBe(digest);
  });

  it('is not there at first, and leaves nothing but itself', async () => {
    expect(await readSnapshot(path, SEAL)).toBeUndefined();
    const index = await indexOf();
    await writeSnapshot(path, index, SEAL);
    await writeSnapshot(path, index, SEAL);
    expect(await readdir(folder)).toEqual(['validator-1.code-index']);
  });

  it('is refused when any byte of it is another, when it is cut anywhere, and under another pepper', async () => {
    await fleet.issuer.issue();
    await writeSnapshot(path, await indexOf(), SEAL);
    const good = await readFile(path);
    for (let at = 0; at < good.length; at += 7) {
      const bad = Buffer.from(good);
      bad[at] = (bad[at] ?? 0) ^ (1 << (at % 8));
      await writeFile(path, at % 2 === 0 ? bad : good.subarray(0, at));
      await expect(readSnapshot(path, SEAL)).rejects.toThrow(SnapshotRefused);
    }
    await writeFile(path, good);
    const otherSeal = snapshotSeal(createSecretKey(randomBytes(32)));
    await expect(readSnapshot(path, otherSeal)).rejects.toThrow(SnapshotRefused);
    expect(await readSnapshot(path, SEAL)).toBeDefined();
  });

  it('holds no hash of a code that could be mistaken for its mark, and no code', async () => {
    const { code } = await fleet.issuer.issue();
    await writeSnapshot(path, await indexOf(), SEAL);
    expect((await readFile(path)).includes(Buffer.from(code))).toBe(false);
    expect(SEAL.mark(Buffer.from(code)).toString('hex')).not.toBe(secretOf(code, PEPPER).codeHash);
  });
});
