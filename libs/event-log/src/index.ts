export * from './journal.port';
export * from './event-log.port';
export * from './coordination.port';
export * from './acceptance';
export { GENESIS_CHAIN_HASH, ChainHash } from './chain-hash';
export { encodeOuterForm, parseOuterForm, type OuterForm, type ParsedOuterForm } from './outer-form';
export { InMemoryJournalServer, InMemoryJournalStore } from './in-memory-journal';
export { LOG_OPENED, WRITER_STARTED } from './log-opened';
export { openEventLog, type EventLogOptions } from './event-log';
