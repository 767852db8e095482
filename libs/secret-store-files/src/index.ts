export { type FileSecretStore, type FileSecretStoreOptions, openFileSecretStore } from './file-secret-store';
export { EnvironmentSecretStore, variableOf } from './environment-secret-store';
