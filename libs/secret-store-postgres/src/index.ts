export {
  type PostgresSecretStore,
  type PostgresSecretStoreOptions,
  openPostgresSecretStore,
} from './postgres-secret-store';
export { KeyRing, ensureKeyFile, newKeyLine, readKeyFile } from './key-ring';
export { type SecretLogin, grantPostgresSecretLogin, migratePostgresSecretStore } from './schema/migrate';
