import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SecretUnreadable, SecretValue, secretRef } from '@openclaw/secret-store';
import { type SecretStoreTarget, describeSecretStoreContract } from '@openclaw/secret-store/testing';
import { openFileSecretStore } from './index';

const aFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'openclaw-secrets-')); // mode 700

const fileTarget = async (): Promise<SecretStoreTarget> => {
  const folder = await aFolder();
  return {
    open: () => openFileSecretStore({ folder }),
    freeze: async () => () => undefined,
    restart: async () => undefined,
    stop: () => rm(folder, { recursive: true }),
  };
};

describeSecretStoreContract(fileTarget, 'files', { 9: 'a local folder cannot be made to hang' });

describe('secrets in files', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await aFolder();
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('gives a secret that a container platform mounted, byte for byte', async () => {
    await writeFile(join(folder, 'openai:prod@1'), 'sk-mounted');
    const store = await openFileSecretStore({ folder });
    expect((await store.get(secretRef('openai/prod', 1))).reveal()).toBe('sk-mounted');
  });

  it('refuses a folder that others may enter, and writes files that only the owner reads', async () => {
    const store = await openFileSecretStore({ folder });
    await store.put('openai/prod', new SecretValue('sk-1'), 1);
    expect((await stat(join(folder, 'openai:prod@1'))).mode & 0o777).toBe(0o600);
    await chmod(folder, 0o750);
    await expect(openFileSecretStore({ folder })).rejects.toThrow('chmod 700');
  });

  it('leaves nothing of a deleted secret but its name and version, and no other file', async () => {
    const store = await openFileSecretStore({ folder });
    await store.delete(await store.put('a', new SecretValue('gone'), 1));
    expect(await readdir(folder)).toEqual(['a@1']);
    expect(await readFile(join(folder, 'a@1'), 'utf8')).toBe('');
  });

  it('says that bytes which are no text cannot be read, without showing them', async () => {
    await writeFile(join(folder, 'a@1'), Buffer.from([0xff, 0xfe, 0x41]));
    const store = await openFileSecretStore({ folder });
    await expect(store.get(secretRef('a', 1))).rejects.toThrow(SecretUnreadable);
  });
});
