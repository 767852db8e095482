export { type LastNumbers, type SpoolRecord } from './batch-frame.codec';
export { type FolderLock, FolderTaken, lockFolder } from './folder-lock';
export { makeFolder } from './durable-folder';
export { endedProducers, noteEnded } from './ended-producers';
export { type LeftFolder, type LeftSpool, leftFolders, readLeft } from './left-spool';
export {
  type SpoolDurability,
  type UsageSpool,
  type UsageSpoolOptions,
  SpoolClosed,
  SpoolFull,
  openUsageSpool,
} from './usage-spool';
