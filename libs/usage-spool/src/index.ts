export { type LastNumbers, type SpoolRecord } from './batch-frame.codec';
export { type FolderLock, FolderTaken, lockFolder } from './folder-lock';
export { type LeftSpool, leftSpools } from './left-spool';
export {
  type SpoolDurability,
  type UsageSpool,
  type UsageSpoolOptions,
  SpoolClosed,
  SpoolFull,
  openUsageSpool,
} from './usage-spool';
