import { type RateLimits, type RateUse, decideRate, shortestWindowEndsAt, uncountUse } from '../rate-limit/rate-limit';
import { type Milliseconds, type UnixMs, milliseconds } from '../shared/time';
import type { Reserved, UseNoted, UsesReserved } from './events';
import type { Redemption } from './state';

/**
 * How a limit means its number for any number of validators: nobody allows a use that he has not reserved on the log,
 * where each reservation takes the next revision. Reserved are blocks, so that not every use is an append; never more
 * than this part of what is free, so that the last uses go one by one to whoever asks.
 */
const BLOCK_SHARE = 1 / 8;

/** An idle code is known to be used up to this part of its time-out late, and is then refused that much early. */
const IDLE_SHARE = 1 / 20;

/** Who claims, and when, on the clock of the log. */
export interface Claimant {
  readonly codeId: string;
  readonly now: UnixMs;
  readonly validator: string;
}

/** What a validator may still allow with its reservation: nothing once the shortest limited window is over. */
export const unitsInHand = (limits: RateLimits, held: Reserved | null, now: UnixMs): number =>
  held !== null && now < (shortestWindowEndsAt(limits, held.at) ?? Infinity) ? held.units : 0;

/** The uses that count against a validator: those of everybody, without what it has reserved and not spent. */
export const rateFor = ({ rate }: Redemption, held: Reserved | null): RateUse =>
  held === null ? rate : uncountUse(rate, held.at, held.units);

/** A reservation of about `wanted` uses, giving back what is unspent; undefined when nothing is free. */
export const reserveUses = (
  { codeId, now, validator }: Claimant,
  state: Redemption,
  asked: { readonly limits: RateLimits; readonly wanted: number; readonly unspent: Reserved | null },
): UsesReserved | undefined => {
  const free = decideRate(asked.limits, rateFor(state, asked.unspent), now);
  if (!free.allowed) return undefined;
  const share = free.remaining === undefined ? asked.wanted : Math.floor((free.remaining + 1) * BLOCK_SHARE);
  const units = Math.max(1, Math.min(asked.wanted, share));
  const unspent = asked.unspent !== null && asked.unspent.units > 0 ? asked.unspent : null;
  return { type: 'UsesReserved', data: { codeId, at: now, units, unspent, validator } };
};

/** What the others have to know of this use: its first one for a session, from time to time for an idle time-out. */
export const noteUse = (
  { codeId, now, validator }: Claimant,
  { firstUsedAt, lastNotedAt }: Redemption,
  its: { readonly idleTimeoutMs: Milliseconds | null; readonly sessionLimitMs: Milliseconds | null },
): UseNoted | undefined => {
  const { idleTimeoutMs, sessionLimitMs } = its;
  const isFirst = firstUsedAt === null && (sessionLimitMs !== null || idleTimeoutMs !== null);
  const isOld = idleTimeoutMs !== null && lastNotedAt !== null && now - lastNotedAt >= noteEveryMs(idleTimeoutMs);
  return isFirst || isOld ? { type: 'UseNoted', data: { codeId, at: now, validator } } : undefined;
};

const noteEveryMs = (idleTimeoutMs: Milliseconds): Milliseconds => milliseconds(Math.floor(idleTimeoutMs * IDLE_SHARE));
