export { describeEventLogContract } from './event-log.contract';
export { FaultyJournal, type JournalFaults } from './faulty-journal';
export type { LogTarget, LogUnderTest, OpenOptions } from './log-under-test';
export * from './gather';
