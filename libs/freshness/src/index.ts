export {
  openFreshLog,
  freshTopics,
  type FreshLog,
  type FreshLogOptions,
  LIFECYCLE_TOPIC,
  COORDINATION_TOPIC,
} from './open-fresh-log';
export { LeaseKeeper, type CapturedLease, type LeaseKeeperOptions, type Projection } from './lease-keeper';
export type { LeaseStatus } from './lease-status';
export { ReceiptDesk, type ReceiptDeskOptions } from './receipt-desk';
export type { Receipt, ValidatorIncarnation } from './receipts';
export { LogCoordination, type LogCoordinationOptions } from './log-coordination';
export { CoordinationFeed, type FeedListener, type FeedRecord } from './coordination-feed';
export { RenewalBook, type Heard } from './renewal-book';
export * from './codec';
export { HOST_CLOCK_OFF_MAX_MS } from './log-clock';
export { CLOCK_DRIFT, WALL_AHEAD_MAX_MS, type Lease } from './lease';
export * from './time.port';
export { systemTime } from './system-time';
