import { type SecretStoreTarget, describeSecretStoreContract } from '@openclaw/secret-store/testing';
import { InMemorySecretStore, InMemoryVault } from './in-memory-secret-store';

const memoryTarget = async (): Promise<SecretStoreTarget> => {
  const vault = new InMemoryVault();
  return {
    open: async () => new InMemorySecretStore(vault),
    freeze: async () => vault.freeze(),
    restart: async () => undefined,
    stop: async () => undefined,
  };
};

describeSecretStoreContract(memoryTarget, 'memory', { 11: 'no disk: what is in memory ends with the process' });
