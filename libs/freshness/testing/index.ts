export { describeFreshnessContract } from './freshness.contract';
export type { FreshnessTarget, StoreUnderTest } from './store-under-test';
export { BOUND_MS, FreshProcess } from './fresh-process';
export { FollowedProjection } from './followed-projection';
export { Gate, GatedJournal } from './gated-journal';
export { ManualTime } from './manual-time';
export { eventually } from './eventually';
