/**
 * THE ORDER OF CHECKS (ARCHITECTURE section 6). A use is refused by the FIRST check that fails, and its name is the
 * reason. Malformed and unknown come before these (there is no code to look at yet). The order is a promise: what says
 * whether the code lives at all comes before what depends on the request, and everything that could burn a use or a
 * quota comes last, so that a refusal by IP or scope never costs the code anything. Pure: `now` is the log's time.
 */
import { allowListContains } from '../network/cidr';
import { parseIp } from '../network/ip';
import { decideRate } from '../rate-limit/rate-limit';
import { allowsRequest } from '../scope/scope';
import type { UnixMs } from '../shared/time';
import type { CodeView, UseRequest } from './code-view';

export const CHECK_ORDER = [
  'malformed', 'unknown_code', 'revoked', 'suspended', 'not_yet_valid', 'expired', 'idle_timed_out', 'session_ended',
  'master_key_unavailable', 'ip_denied', 'scope_denied', 'already_used', 'rate_limited',
] as const; // prettier-ignore

export type DenialReason = (typeof CHECK_ORDER)[number];
/** Without those that come before a code is known, and the last one, which also says how much is left. */
type Judged = Exclude<DenialReason, 'malformed' | 'unknown_code' | 'rate_limited'>;

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
  scope_denied: (code, { scope }) => !allowsRequest(code.scopes, scope),
  already_used: (code) => code.usesMax !== null && code.use.redeemed >= code.usesMax,
};

/** The checks that look at a code, in their order. */
const JUDGED = CHECK_ORDER.flatMap((reason) =>
  reason === 'malformed' || reason === 'unknown_code' || reason === 'rate_limited'
    ? []
    : [{ reason, fails: FAILS[reason] }],
);

/** Judges one use of a known code at one instant. Never throws; changes nothing. */
export const evaluate = (code: CodeView, request: UseRequest, now: UnixMs): Verdict => {
  for (const { reason, fails } of JUDGED) {
    if (fails(code, request, now)) return { allowed: false, reason, retryAfterMs: retryAfter(reason, code, now) };
  }
  const rate = decideRate(code.rateLimits, code.use.rate, now);
  if (!rate.allowed) return { allowed: false, reason: 'rate_limited', retryAfterMs: rate.retryAfterMs };
  const remainingUses = code.usesMax === null ? undefined : code.usesMax - code.use.redeemed - 1;
  return { allowed: true, remainingUses, remainingRate: rate.remaining };
};

const retryAfter = (reason: Judged, { notBefore }: CodeView, now: UnixMs): number | undefined =>
  reason === 'not_yet_valid' && notBefore !== null ? notBefore - now : undefined;

const NO_REQUEST: UseRequest = { scope: { service: '', resource: '', action: '' }, sourceIp: '' };

/** Reasons that depend on what is asked for. */
const isOfOneRequest = (reason: Judged): boolean => reason === 'ip_denied' || reason === 'scope_denied';

/**
 * Is there any request, now or later, that this code could be good for as it stands? (RFC 7662: `active`.) A rate limit
 * passes with its window.
 */
export const isInForce = (code: CodeView, now: UnixMs): boolean =>
  JUDGED.every(({ reason, fails }) => isOfOneRequest(reason) || !fails(code, NO_REQUEST, now));
