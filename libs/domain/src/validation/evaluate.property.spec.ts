import fc from 'fast-check';
import { codeSettings, codeUse, instant, orNull, useRequest, viewOf } from '../../testing';
import { CHECK_ORDER, type DenialReason, type UseRequest, evaluate, isInForce, printScope, unixMs } from '../index';

/** What a validator may hold, with every setting also as its text, for the oracle to read. */
const subject = fc
  .record({
    settings: codeSettings,
    use: codeUse,
    status: fc.oneof({ weight: 6, arbitrary: fc.constant('active' as const) }, fc.constantFrom('suspended', 'revoked')),
    secretEndsAt: orNull(instant),
    masterKeyUsable: fc.integer({ min: 0, max: 6 }).map((one) => one > 0),
  })
  .map(({ settings, use, ...rest }) => ({ settings, code: { ...viewOf(settings, use), ...rest } }));
type Subject = typeof subject extends fc.Arbitrary<infer Its> ? Its : never;

/** Slow and plain, over texts and strings of bits; shares nothing with what it judges. */
const bits = (text: string): string | undefined => {
  if (/^\d+(\.\d+){3}$/.test(text)) {
    return `4:${text.split('.').map(binary(10, 8)).join('')}`;
  }
  return /^[0-9a-f]+(:[0-9a-f]+){7}$/.test(text) ? `6:${text.split(':').map(binary(16, 16)).join('')}` : undefined;
};
const binary =
  (radix: number, width: number) =>
  (digits: string): string =>
    Number.parseInt(digits, radix).toString(2).padStart(width, '0');

const isInBlock = (ip: string, block: string): boolean => {
  const [address = '', prefix = ''] = block.split('/');
  const [its, start] = [bits(ip), bits(address)];
  return its !== undefined && start !== undefined && its.startsWith(start.slice(0, 2 + Number(prefix)));
};

const isCovered = (request: string, scope: string): boolean => {
  const parts = request.split(':');
  return !request.includes('*') && scope.split(':').every((part, i) => part === '*' || part === parts[i]);
};

const failures = ({ settings, code }: Subject, request: UseRequest, now: number): readonly DenialReason[] => {
  const { use } = code;
  const isFull = (max: number | undefined, { window, uses }: { window: number; uses: number }, length: number) =>
    max !== undefined && (window === Math.floor(now / length) ? uses : window > now / length ? uses : 0) >= max;
  const since = (start: number | null, max: number | null) => start !== null && max !== null && now >= start + max;
  const { notBefore, expiresAt, idleTimeoutMs, sessionLimitMs, usesMax, rateLimits } = settings;
  const ends = [expiresAt, code.secretEndsAt].filter((end) => end !== null);
  const found: Readonly<Record<DenialReason, boolean>> = {
    malformed: false,
    unknown_code: false,
    revoked: code.status === 'revoked',
    suspended: code.status === 'suspended',
    not_yet_valid: notBefore !== null && now < notBefore,
    expired: ends.some((end) => end <= now),
    idle_timed_out: since(use.lastUsedAt, idleTimeoutMs),
    session_ended: since(use.firstUsedAt, sessionLimitMs),
    master_key_unavailable: !code.masterKeyUsable,
    ip_denied:
      settings.ipAllowList.length > 0 && !settings.ipAllowList.some((block) => isInBlock(request.sourceIp, block)),
    scope_denied: !settings.scopes.some((scope) => isCovered(printScope(request.scope), scope)),
    already_used: usesMax !== null && use.redeemed >= usesMax,
    rate_limited:
      isFull(rateLimits.perMinute, use.rate.minute, 60_000) ||
      isFull(rateLimits.perHour, use.rate.hour, 3_600_000) ||
      isFull(rateLimits.perDay, use.rate.day, 86_400_000),
  };
  return ORDER.filter((reason) => found[reason]);
};

/** Written out once more, from the design. */
const ORDER: readonly DenialReason[] = [
  'malformed',
  'unknown_code',
  'revoked',
  'suspended',
  'not_yet_valid',
  'expired',
  'idle_timed_out',
  'session_ended',
  'master_key_unavailable',
  'ip_denied',
  'scope_denied',
  'already_used',
  'rate_limited',
];

describe('laws of validation', () => {
  it('the first failing check is the one reported, and a use is allowed iff none fails', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(subject, useRequest, instant, (its, request, now) => {
        const [first] = failures(its, request, now);
        const verdict = evaluate(its.code, request, now);
        expect(verdict.allowed ? undefined : verdict.reason).toBe(first);
        seen.add(first ?? 'allowed');
      }),
      // As many runs as it takes to meet the last check often; seeded, so that this is no matter of luck.
      { numRuns: 20_000, seed: 3 },
    );
    expect([...seen].sort()).toEqual(['allowed', ...CHECK_ORDER.slice(2)].sort());
  });

  it('a code is in force exactly when nothing but the request, or the window of a rate limit, stands against a use', () => {
    const ofOneRequest: readonly DenialReason[] = ['ip_denied', 'scope_denied', 'rate_limited'];
    const seen = new Set<boolean>();
    fc.assert(
      fc.property(subject, useRequest, instant, (its, request, now) => {
        const lasting = failures(its, request, now).filter((reason) => !ofOneRequest.includes(reason));
        expect(isInForce(its.code, now)).toBe(lasting.length === 0);
        seen.add(lasting.length === 0);
      }),
      { numRuns: 2_000, seed: 3 },
    );
    expect(seen.size).toBe(2);
  });

  it('is total: no address, no scope and no instant makes it throw, and what is not plain is not allowed', () => {
    const hostile = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('*', '..', '__proto__', '\0', '\ud800'));
    const request = fc.record({
      scope: fc.record({ service: hostile, resource: hostile, action: hostile }),
      sourceIp: hostile,
    });
    const anyInstant = fc.oneof(fc.integer(), fc.double()).map(unixMs);
    fc.assert(
      fc.property(subject, request, anyInstant, ({ code }, its, now) => {
        const { allowed } = evaluate(code, its, now);
        if (Object.values(its.scope).some((part) => !/^[A-Za-z0-9]/.test(part))) expect(allowed).toBe(false);
      }),
    );
  });

  it('changes nothing and depends on nothing else: asked twice, it says the same', () => {
    fc.assert(
      fc.property(subject, useRequest, instant, ({ code }, request, now) => {
        const first = evaluate(Object.freeze(code), Object.freeze(request), now);
        expect(evaluate(code, request, now)).toEqual(first);
      }),
    );
  });
});
