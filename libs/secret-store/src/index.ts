export * from './secret-store.port';
export { SECRET_BYTES_MAX, SecretValue } from './secret-value';
export { type SecretRef, parseSecretRef, secretRef } from './parse-secret-ref';
export { InMemorySecretStore, InMemoryVault } from './in-memory-secret-store';
