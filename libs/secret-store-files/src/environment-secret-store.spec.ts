import { inspect } from 'node:util';
import {
  SecretNotFound,
  SecretStoreClosed,
  SecretStoreReadOnly,
  type SecretStore,
  SecretValue,
  secretRef,
} from '@openclaw/secret-store';
import { EnvironmentSecretStore } from './environment-secret-store';

const ENV = {
  OPENCLAW_SECRET_OPENAI_PROD_1: 'sk-old',
  OPENCLAW_SECRET_OPENAI_PROD_2: 'sk-new',
  DATABASE_PASSWORD_1: 'not for operators',
};

describe('secrets of the environment', () => {
  const store: SecretStore = new EnvironmentSecretStore(ENV);

  it('are found by name and version', async () => {
    expect((await store.get(secretRef('openai/prod', 1))).reveal()).toBe('sk-old');
    expect((await store.get(secretRef('openai/prod', 2))).reveal()).toBe('sk-new');
  });

  it('are none but those that were set for this purpose', async () => {
    for (const name of ['openai/prod', 'DATABASE_PASSWORD', 'PATH']) {
      await expect(store.get(secretRef(name, name === 'openai/prod' ? 3 : 1))).rejects.toThrow(SecretNotFound);
    }
  });

  it('cannot be written or deleted from here', async () => {
    await expect(store.put('openai/prod', new SecretValue('x'), 3)).rejects.toThrow(SecretStoreReadOnly);
    await expect(store.delete(secretRef('openai/prod', 1))).rejects.toThrow(SecretStoreReadOnly);
  });

  it('are not shown by an inspection of the store, nor by the error about a bad one', () => {
    expect(inspect(store, { depth: 10, showHidden: true })).not.toContain('sk-');
    expect(() => new EnvironmentSecretStore({ OPENCLAW_SECRET_EMPTY_1: '' })).toThrow(/^OPENCLAW_SECRET_EMPTY_1: /);
  });

  it('are not given after close', async () => {
    const closed = new EnvironmentSecretStore(ENV);
    await closed.close();
    await expect(closed.get(secretRef('openai/prod', 1))).rejects.toThrow(SecretStoreClosed);
  });
});
