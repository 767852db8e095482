export { openPostgresJournalStore, type PostgresJournalStoreOptions } from './postgres-journal-store';
export type { PostgresJournalLog } from './journal-services';
export type { UnsafeSetting } from './store-settings';
export { migratePostgresJournalStore, type MigrationOptions } from './schema/migrate';
export { grantPostgresJournalLogin, type JournalLogin } from './schema/grant-login';
export { ConnectionLost, HistoryReplaced, StandbyAnswered } from './failures';
export { RequestTimedOut } from './limit';
