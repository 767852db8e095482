export { startEmbeddedPostgres, type EmbeddedPostgres, type EmbeddedPostgresOptions } from './embedded-postgres';
export { startGuarded, type Exit, type GuardedCommand, type GuardedProcess } from './guarded-process';
export { reservePort, type ReservedPort } from './reserved-port';
export { cacheFolder, publishFolder, removeAbandoned } from './versioned-folder';
