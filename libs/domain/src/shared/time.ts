/** Milliseconds since 1970-01-01T00:00:00Z: an instant. */
export type UnixMs = number & { readonly __brand: 'UnixMs' };
/** A duration in milliseconds. Never an instant: the two do not mix. */
export type Milliseconds = number & { readonly __brand: 'Milliseconds' };

export const unixMs = (value: number): UnixMs => value as UnixMs;
export const milliseconds = (value: number): Milliseconds => value as Milliseconds;
export const after = (instant: UnixMs, duration: Milliseconds): UnixMs => (instant + duration) as UnixMs;
export const elapsed = (from: UnixMs, to: UnixMs): Milliseconds => (to - from) as Milliseconds;

export const SECOND = milliseconds(1000);
export const MINUTE = milliseconds(60_000);
export const HOUR = milliseconds(3_600_000);
export const DAY = milliseconds(86_400_000);
