/** `google.protobuf.Timestamp` as our loader options give it: whole seconds as a decimal string. */
export interface Timestamp {
  readonly seconds: string;
  readonly nanos: number;
}

/** `google.protobuf.Duration`; seconds and nanos have the same sign. */
export interface Duration {
  readonly seconds: string;
  readonly nanos: number;
}

/** `google.protobuf.FieldMask`: snake_case paths such as `policy.expires_at`. */
export interface FieldMask {
  readonly paths: readonly string[];
}

/** A message as a sender may write it: whatever is left out is sent as the default of proto3. */
export type Outgoing<T> = T extends readonly (infer Item)[]
  ? readonly Outgoing<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]?: Outgoing<T[Key]> }
    : T;

const NANOS_PER_MS = 1_000_000;

/** Milliseconds since 1970 as a Timestamp. `ms` is a whole number; before 1970 the nanos still count forward. */
export const toTimestamp = (ms: number): Timestamp => {
  const seconds = Math.floor(ms / 1000);
  return { seconds: String(seconds), nanos: (ms - seconds * 1000) * NANOS_PER_MS };
};

/** Milliseconds since 1970, rounded down; undefined when absent or not a Timestamp (answer with INVALID_ARGUMENT). */
export const fromTimestamp = (timestamp: Timestamp | null | undefined): number | undefined => {
  if (timestamp === null || timestamp === undefined || timestamp.nanos < 0 || timestamp.nanos > 999_999_999)
    return undefined;
  return wholeMs(Number(timestamp.seconds) * 1000 + Math.floor(timestamp.nanos / NANOS_PER_MS));
};

/** A length of time in whole milliseconds as a Duration. */
export const toDuration = (ms: number): Duration => {
  const seconds = Math.trunc(ms / 1000);
  return { seconds: String(seconds), nanos: (ms - seconds * 1000) * NANOS_PER_MS };
};

/** Milliseconds, rounded towards zero; undefined when absent or not a Duration (answer with INVALID_ARGUMENT). */
export const fromDuration = (duration: Duration | null | undefined): number | undefined => {
  if (duration === null || duration === undefined || Math.abs(duration.nanos) > 999_999_999) return undefined;
  const seconds = Number(duration.seconds);
  if (seconds * duration.nanos < 0) return undefined;
  return wholeMs(seconds * 1000 + Math.trunc(duration.nanos / NANOS_PER_MS));
};

const wholeMs = (ms: number): number | undefined => (Number.isSafeInteger(ms) ? ms : undefined);
