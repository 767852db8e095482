export { PostgresServer } from './postgres-server';
export { PostgresStores } from './postgres-stores';
export { attemptsToTamper } from './tampering';
export { collect, eventually } from './collect';
