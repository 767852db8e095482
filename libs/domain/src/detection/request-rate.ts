import { HOUR, MINUTE, type UnixMs, unixMs } from '../shared/time';

/** More than Z requests of one code within an hour, allowed and refused alike. */
export interface RequestRateRule {
  readonly requestsPerHourMax: number;
}

/** Requests with one code: how many at one instant, and the usage event that told of them. */
export interface Requests {
  readonly at: UnixMs;
  readonly count: number;
  readonly eventId: string;
}

/** What of one code is remembered: counts of at most 60 minutes, and whether the present incident was alerted. */
export interface RequestHistory {
  readonly minutes: readonly MinuteCount[];
  readonly alertedUntil: UnixMs | null;
}

interface MinuteCount {
  /** Minutes since 1970. */
  readonly minute: number;
  readonly requests: number;
}

/** One alert per incident: an incident ends when the rate has stayed within the limit for a whole hour. */
export interface RequestRateAlert {
  readonly rule: 'request-rate';
  readonly entity: string;
  readonly firstAt: UnixMs;
  readonly lastAt: UnixMs;
  /** In the hour that ends at `lastAt`. */
  readonly requests: number;
  /** The event that went past the limit: the same at every replay, so the alert id is, too. */
  readonly eventId: string;
}

export const NO_REQUESTS: RequestHistory = { minutes: [], alertedUntil: null };

const MINUTES_KEPT = HOUR / MINUTE;

/**
 * Folds requests with one code; pure. Counts whole minutes, the present one and the 59 before it: never more than an
 * hour, so there is no false alarm; a rate that lasts less than an hour may be seen up to a minute late.
 */
export const foldRequests = (
  { requestsPerHourMax }: RequestRateRule,
  entity: string,
  history: RequestHistory,
  requests: Requests,
): readonly [RequestHistory, RequestRateAlert | undefined] => {
  const minutes = counted(history.minutes, requests);
  const total = minutes.reduce((sum, one) => sum + one.requests, 0);
  const { at, eventId } = requests;
  if (total <= requestsPerHourMax) return [{ ...history, minutes }, undefined];
  const isOpen = history.alertedUntil !== null && at < history.alertedUntil;
  const next = { minutes, alertedUntil: unixMs(Math.max(at + HOUR, history.alertedUntil ?? 0)) };
  if (isOpen) return [next, undefined];
  const firstAt = unixMs(Math.min(at, ...minutes.map(({ minute }) => Math.max(minute * MINUTE, at - HOUR))));
  return [next, { rule: 'request-rate', entity, firstAt, lastAt: at, requests: total, eventId }];
};

/** In order of time. What arrives late is counted in its own minute, if that is still remembered. */
const counted = (minutes: readonly MinuteCount[], { at, count }: Requests): readonly MinuteCount[] => {
  const minute = Math.floor(at / MINUTE);
  const newest = Math.max(minute, minutes.at(-1)?.minute ?? minute);
  const before = minutes.find((one) => one.minute === minute)?.requests ?? 0;
  return [...minutes.filter((one) => one.minute !== minute), { minute, requests: before + count }]
    .filter((one) => one.minute > newest - MINUTES_KEPT)
    .toSorted((a, b) => a.minute - b.minute);
};
