export * from './journal.port';
export * from './event-log.port';
export * from './acceptance';
export * from './coordination.port';
