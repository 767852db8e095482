/** What the module provides by name: ports, never a concrete adapter. */
export const FRESH_LOG = Symbol('FRESH_LOG');
export const TRAIL_VIEW = Symbol('TRAIL_VIEW');
export const USAGE_VIEW = Symbol('USAGE_VIEW');
export const USAGE_GROUPS = Symbol('USAGE_GROUPS');
export const PRODUCERS = Symbol('PRODUCERS');
export const PROJECTIONS = Symbol('PROJECTIONS');
