import { type CodeUse, type CodeView, type UnixMs, type Verdict, evaluate, isInForce } from '@openclaw/domain';
import type { Position } from '@openclaw/event-log';
import type { CapturedLease } from '@openclaw/freshness';
import type { Found } from '../code-index/flat-codes';
import type { Decision, KnownCode } from './decision';
import { rateResetsAt } from './rate-reset';
import type { UseRequest } from './use-request';

export type Known = Extract<Found, { kind: 'known' }>;

/** Everything that a decision is made of, read in one synchronous turn. */
export interface Looked {
  /** Whether what was presented has the form of a code. */
  readonly wellFormed: boolean;
  readonly known: Known | undefined;
  readonly lease: CapturedLease;
  /** By the log's clock. */
  readonly nowMs: UnixMs;
  readonly logId: string;
  readonly position: Position;
}

export interface Judged {
  readonly decision: Decision;
  /** What the second look is taken at. */
  readonly lease: CapturedLease;
}

/** Judges a use by the state and at the instant of `looked`. */
export const judge = (use: UseRequest, looked: Looked, used: CodeUse): Judged => {
  const { wellFormed, known, nowMs, lease } = looked;
  const refused = (reason: 'malformed' | 'unknown_code'): Judged => ({
    decision: decisionOf(looked, { allowed: false, reason, retryAfterMs: undefined }, undefined),
    lease,
  });
  if (!wellFormed) return refused('malformed');
  if (known === undefined) return refused('unknown_code');
  const view = known.code.view(known.masterKeyUsable, used);
  const verdict = evaluate(view, { scope: use.scope, sourceIp: use.sourceIp }, nowMs);
  return { decision: decisionOf(looked, verdict, view), lease };
};

/** What a code that is in force is good for. */
export interface Inspected {
  readonly codeId: string;
  readonly scopes: CodeView['scopes'];
  readonly notBefore: UnixMs | null;
  /** When the code, or the secret that was presented, ends by itself. */
  readonly endsAtMs: number | undefined;
}

/** By the state and at the instant of `looked`; undefined when no request could be allowed. */
export const inspect = ({ known, nowMs }: Looked, used: CodeUse): Inspected | undefined => {
  const view = known?.code.view(known.masterKeyUsable, used);
  if (view === undefined || !isInForce(view, nowMs)) return undefined;
  const { codeId, scopes, notBefore } = view;
  return { codeId, scopes, notBefore, endsAtMs: endOf(view) };
};

const decisionOf = (looked: Looked, verdict: Verdict, view: CodeView | undefined): Decision => {
  const { lease, nowMs, logId, position } = looked;
  const isAllowed = verdict.allowed;
  const remainingRate = isAllowed ? verdict.remainingRate : undefined;
  return {
    allowed: isAllowed,
    reason: isAllowed ? undefined : verdict.reason,
    code: view === undefined ? undefined : knownCode(looked, view, isAllowed),
    logId,
    position,
    decidedAtMs: nowMs,
    freshnessAgeMs: Math.max(0, Math.ceil(lease.capturedAtMs - lease.provenAt.monotonicMs)),
    remainingUses: isAllowed ? verdict.remainingUses : undefined,
    remainingRate,
    rateResetsAtMs:
      remainingRate === undefined || view === undefined
        ? undefined
        : rateResetsAt(view.rateLimits, view.use.rate, nowMs),
    retryAfterMs: isAllowed ? undefined : verdict.retryAfterMs,
  };
};

const knownCode = ({ known, nowMs }: Looked, view: CodeView, isAllowed: boolean): KnownCode => {
  const { codeId, idleTimeoutMs, use } = view;
  const lastUsedAt = isAllowed ? nowMs : use.lastUsedAt;
  return {
    codeId,
    masterKeyId: known?.code.settings.masterKeyId ?? '',
    revision: known?.code.revision ?? 0,
    expiresAtMs: endOf(view),
    idleEndsAtMs: idleTimeoutMs === null || lastUsedAt === null ? undefined : lastUsedAt + idleTimeoutMs,
  };
};

const endOf = ({ expiresAt, secretEndsAt }: CodeView): number | undefined =>
  expiresAt === null || secretEndsAt === null
    ? (expiresAt ?? secretEndsAt ?? undefined)
    : Math.min(expiresAt, secretEndsAt);
