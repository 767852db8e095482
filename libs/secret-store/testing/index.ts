export { describeSecretStoreContract } from './secret-store.contract';
export type { SecretStoreTarget } from './secret-store-target';
