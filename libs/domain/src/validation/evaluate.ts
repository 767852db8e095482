/**
 * THE ORDER OF CHECKS (ARCHITECTURE section 6). A use is refused by the FIRST check that fails, and its name is the
 * reason. Malformed and unknown come before these (there is no code to look at yet). The order is a promise: what says
 * whether the code lives at all comes before what depends on the request, and everything that could burn a use or a
 * quota comes last, so that a refusal by IP or scope never costs the code anything. Pure: `now` is the log's time.
 */
import { allowListContains } from '../network/cidr';
import { parseIp } from '../network/ip';
import { decideRate } from '../rate-limit/rate-limit';
import { anyScopeCovers, isScopeRequest } from '../scope/scope';
import type { UnixMs } from '../shared/time';
import type { CodeView, UseRequest } from './code-view';

export const CHECK_ORDER = [
  'malformed', 'unknown_code', 'revoked', 'suspended', 'not_yet_valid', 'expired', 'idle_timed_out', 'session_ended',
  'master_key_unavailable', 'ip_denied', 'scope_denied', 'already_used', 'rate_limited',
] as const; // prettier-ignore

export type DenialReason = (typeof CHECK_ORDER)[number];
type Judged = Exclude<DenialReason, 'malformed' | 'unknown_code'>;

export type Verdict =
  | { readonly allowed: true; readonly remainingUses: number | undefined; readonly remainingRate: number | undefined }
  | { readonly allowed: false; readonly reason: DenialReason; readonly retryAfterMs: number | undefined };

type Fails = (code: CodeView, request: UseRequest, now: UnixMs) => boolean;

const passed = (start: UnixMs | null, limitMs: number | null, now: UnixMs): boolean =>
  start !== null && limitMs !== null && now - start >= limitMs;

/** One predicate per reason: true = refused. */
const FAILS: Readonly<Record<Judged, Fails>> = {
  revoked: (code) => code.status === 'revoked',
  suspended: (code) => code.status === 'suspended',
  not_yet_valid: (code, _, now) => code.notBefore !== null && now < code.notBefore,
  expired: (code, _, now) =>
    (code.expiresAt !== null && now >= code.expiresAt) || (code.secretEndsAt !== null && now >= code.secretEndsAt),
  idle_timed_out: (code, _, now) => passed(code.use.lastUsedAt, code.idleTimeoutMs, now),
  session_ended: (code, _, now) => passed(code.use.firstUsedAt, code.sessionLimitMs, now),
  master_key_unavailable: (code) => !code.masterKeyUsable,
  ip_denied: (code, { sourceIp }) => {
    if (code.ipAllowList.length === 0) return false;
    const ip = parseIp(sourceIp);
    return ip === undefined || !allowListContains(code.ipAllowList, ip);
  },
  scope_denied: (code, { scope }) => !isScopeRequest(scope) || !anyScopeCovers(code.scopes, scope),
  already_used: (code) => code.usesMax !== null && code.use.redeemed >= code.usesMax,
  rate_limited: (code, _, now) => !decideRate(code.rateLimits, code.use.rate, now).allowed,
};

/** Judges one use of a known code at one instant. Never throws; changes nothing. */
export const evaluate = (code: CodeView, request: UseRequest, now: UnixMs): Verdict => {
  for (const reason of CHECK_ORDER) {
    if (reason === 'malformed' || reason === 'unknown_code' || !FAILS[reason](code, request, now)) continue;
    return { allowed: false, reason, retryAfterMs: retryAfter(reason, code, now) };
  }
  const rate = decideRate(code.rateLimits, code.use.rate, now);
  const remainingUses = code.usesMax === null ? undefined : code.usesMax - code.use.redeemed - 1;
  return { allowed: true, remainingUses, remainingRate: rate.allowed ? rate.remaining : undefined };
};

type OfOneRequest = 'malformed' | 'unknown_code' | 'ip_denied' | 'scope_denied' | 'rate_limited';
const OF_ONE_REQUEST: ReadonlySet<DenialReason> = new Set<OfOneRequest>([
  'malformed', 'unknown_code', 'ip_denied', 'scope_denied', 'rate_limited',
]); // prettier-ignore

/** Reasons that depend on what is asked for, or pass with the window of a rate limit. */
const isOfOneRequest = (reason: DenialReason): reason is OfOneRequest => OF_ONE_REQUEST.has(reason);
const NO_REQUEST: UseRequest = { scope: { service: '', resource: '', action: '' }, sourceIp: '' };

/** Is there any request, now or later, that this code could be good for as it stands? (RFC 7662: `active`.) */
export const isInForce = (code: CodeView, now: UnixMs): boolean =>
  CHECK_ORDER.every((reason) => isOfOneRequest(reason) || !FAILS[reason](code, NO_REQUEST, now));

const retryAfter = (reason: DenialReason, code: CodeView, now: UnixMs): number | undefined => {
  if (reason === 'not_yet_valid' && code.notBefore !== null) return code.notBefore - now;
  if (reason !== 'rate_limited') return undefined;
  const rate = decideRate(code.rateLimits, code.use.rate, now);
  return rate.allowed ? undefined : rate.retryAfterMs;
};
