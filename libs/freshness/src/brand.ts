/**
 * Two clocks of one host are two types, because mixing them up is how leases go wrong: only the monotonic clock measures
 * a lease, and the wall clock only tells that the host was asleep.
 */
export type MonotonicMs = number & { readonly __clock: 'monotonic' };
export type WallMs = number & { readonly __clock: 'wall' };

/** Call these where a clock is read or a duration is added, and nowhere else. */
export const asMonotonic = (ms: number): MonotonicMs => ms as MonotonicMs;
export const asWall = (ms: number): WallMs => ms as WallMs;
