import { NEW_YEAR, boundSettings, viewOf } from '../../testing';
import {
  CHECK_ORDER,
  type CodeUse,
  type CodeView,
  type DenialReason,
  NO_RATE_USE,
  type UseRequest,
  countUse,
  evaluate,
  milliseconds,
  strangerReason,
  unixMs,
} from '../index';

const at = (ms: number) => unixMs(NEW_YEAR + ms);
/** Within the life of a bound code. */
const NOON = at(43_200_000);
const usedOnce: CodeUse = {
  firstUsedAt: at(43_100_000),
  lastUsedAt: at(43_150_000),
  redeemed: 1,
  rate: countUse(NO_RATE_USE, at(43_150_000)),
};
const code = (changes: Partial<CodeView> = {}): CodeView => ({ ...viewOf(boundSettings(), usedOnce), ...changes });
const asked: UseRequest = {
  scope: { service: 'billing', resource: 'invoices', action: 'read' },
  sourceIp: '10.1.2.3',
};
const scope = (text: string): UseRequest => {
  const [service = '', resource = '', action = ''] = text.split(':');
  return { ...asked, scope: { service, resource, action } };
};

const expectDenied = (reason: DenialReason, its: CodeView, request = asked, now = NOON): void =>
  expect(evaluate(its, request, now)).toMatchObject({ allowed: false, reason });
const expectAllowed = (its: CodeView, request = asked, now = NOON): void =>
  expect(evaluate(its, request, now)).toMatchObject({ allowed: true });

/** For each reason, what makes a good use fail for it and for nothing else. */
const SPOILERS: Readonly<Record<Exclude<DenialReason, 'malformed' | 'unknown_code'>, Partial<CodeView>>> = {
  revoked: { status: 'revoked' },
  suspended: { status: 'suspended' },
  not_yet_valid: { notBefore: unixMs(NOON + 1) },
  expired: { expiresAt: NOON },
  idle_timed_out: { idleTimeoutMs: milliseconds(50_000) },
  session_ended: { sessionLimitMs: milliseconds(100_000) },
  master_key_unavailable: { masterKeyUsable: false },
  ip_denied: { ipAllowList: viewOf(boundSettings({ ipAllowList: ['192.0.2.0/24'] })).ipAllowList },
  scope_denied: { scopes: viewOf(boundSettings({ scopes: ['ledger:*:read'] })).scopes },
  already_used: { usesMax: 1 },
  rate_limited: { rateLimits: { perDay: 1 } },
};
const REASONS = CHECK_ORDER.filter((reason) => reason !== 'malformed' && reason !== 'unknown_code');

describe('validation', () => {
  it('allows a use that everything allows, and says what remains', () => {
    expect(evaluate(code(), asked, NOON)).toEqual({ allowed: true, remainingUses: 8, remainingRate: 4 });
    const free = code({ usesMax: null, rateLimits: {} });
    expect(evaluate(free, asked, NOON)).toEqual({ allowed: true });
  });

  it.each(REASONS)('refuses for one thing alone: %s', (reason) => {
    expectDenied(reason, code(SPOILERS[reason]));
  });

  it('checks in the documented order', () => {
    expect(CHECK_ORDER).toEqual([
      ...['malformed', 'unknown_code', 'revoked', 'suspended', 'not_yet_valid', 'expired', 'idle_timed_out'],
      ...['session_ended', 'master_key_unavailable', 'ip_denied', 'scope_denied', 'already_used', 'rate_limited'],
    ]);
  });

  // A status is one or the other, and 'not yet' with 'no more' needs a code that settings cannot make.
  const pairs = REASONS.flatMap((first, i) => REASONS.slice(i + 1).map((second) => [first, second] as const)).filter(
    ([first, second]) => !(first === 'revoked' && second === 'suspended'),
  );
  it.each(pairs)('of two reasons names the first: %s before %s', (first, second) => {
    expectDenied(first, code({ ...SPOILERS[second], ...SPOILERS[first] }));
  });
});

describe('validation in time', () => {
  const open = code({ idleTimeoutMs: null, sessionLimitMs: null });

  it('begins at notBefore and ends before expiresAt', () => {
    expectDenied('not_yet_valid', open, asked, at(999));
    expectAllowed(open, asked, at(1000));
    expectAllowed(open, asked, at(86_399_999));
    expectDenied('expired', open, asked, at(86_400_000));
  });

  it('says how long it is until the beginning', () => {
    expect(evaluate(open, asked, at(400))).toEqual({ allowed: false, reason: 'not_yet_valid', retryAfterMs: 600 });
  });

  it('ends a rotated secret with its grace', () => {
    const old = code({ secretEndsAt: NOON });
    expectAllowed(old, asked, unixMs(NOON - 1));
    expectDenied('expired', old, asked, NOON);
    expectAllowed(code({ secretEndsAt: null }), asked, NOON);
  });

  it('does not outlive the code by a grace', () => {
    expectDenied('expired', code({ secretEndsAt: unixMs(NOON + 9), expiresAt: NOON }), asked, NOON);
  });

  it('ends by idleness after the last use, and not before the first', () => {
    const its = code({ idleTimeoutMs: milliseconds(50_000), sessionLimitMs: null });
    expectAllowed(its, asked, at(43_199_999));
    expectDenied('idle_timed_out', its, asked, at(43_200_000));
    expectAllowed({ ...its, use: { ...usedOnce, firstUsedAt: null, lastUsedAt: null } });
  });

  it('ends a session after the first use, however busy it is', () => {
    const its = code({ sessionLimitMs: milliseconds(100_000) });
    const busy = { ...its, use: { ...usedOnce, lastUsedAt: unixMs(NOON - 2) } };
    expectAllowed(busy, asked, unixMs(NOON - 1));
    expectDenied('session_ended', busy);
    expectAllowed({ ...its, use: { ...usedOnce, firstUsedAt: null, lastUsedAt: null } });
  });

  it('says when a limited rate is free again, and for nothing else when to come back', () => {
    const limited = evaluate(code({ rateLimits: { perMinute: 1 } }), asked, at(43_150_001));
    expect(limited).toEqual({ allowed: false, reason: 'rate_limited', retryAfterMs: 49_999 });
    expect(evaluate(code({ status: 'revoked' }), asked, NOON)).toEqual({ allowed: false, reason: 'revoked' });
  });
});

describe('validation of place and scope', () => {
  it.each(['10.1.2.3', '::ffff:10.1.2.3', '::FFFF:0a01:0203', '2001:db8::1'])('lets %s in', (sourceIp) => {
    expectAllowed(code(), { ...asked, sourceIp });
  });

  it.each([
    ...['11.1.2.3', '2001:db9::1', '::10.1.2.3', '', 'localhost', '010.1.2.3', '0xa.1.2.3', '167838211', '10.1.2.3:80'],
    ...['10.1.2.3%eth0', '2001:db8::1%1', '[2001:db8::1]', '10.1.2.3\0', '10.1.2.3, 1.1.1.1', '10.1.2.3/8'],
    ...['١٠.١.٢.٣', '10.1.2.03', ' 10.1.2.3', '10.1.2.3\n', '10.1.2', '*', '1'.repeat(1_000_000)],
  ])('keeps %j out (%#)', (sourceIp) => {
    expectDenied('ip_denied', code(), { ...asked, sourceIp });
  });

  it('does not look at the address of a code that is bound to no network', () => {
    expectAllowed(code({ ipAllowList: [] }), { ...asked, sourceIp: 'no address' });
  });

  it.each(['billing:invoices:read', 'ledger:accounts:read', 'ledger:a/b.c@d:read'])('covers %s', (text) => {
    expectAllowed(code(), scope(text));
  });

  it.each([
    ...['billing:invoices:write', 'Billing:invoices:read', 'billing:invoice:read', 'ledger:accounts:write', '::'],
    ...['ledger:*:read', 'ledger::read', 'ledger:../x:read', 'ledger:%2e%2e:read', 'ledger:a\0:read', '*:*:*'],
    ...['ledger:\ud800:read', '__proto__:x:read', `ledger:${'x'.repeat(1_000_000)}:read`],
  ])('does not cover %j (%#)', (text) => {
    expectDenied('scope_denied', code(), scope(text));
  });

  it('takes no request with a wildcard, even where everything is allowed', () => {
    const all = code({ scopes: viewOf(boundSettings({ scopes: ['*:*:*'] })).scopes });
    expectAllowed(all, scope('any:thing:goes'));
    expectDenied('scope_denied', all, scope('*:*:*'));
    expectDenied('scope_denied', all, scope('ledger:*:read'));
  });
});

describe('validation of budgets', () => {
  it('allows the last use and not one more', () => {
    const uses = (redeemed: number): CodeView => code({ use: { ...usedOnce, redeemed } });
    expect(evaluate(uses(9), asked, NOON)).toMatchObject({ allowed: true, remainingUses: 0 });
    expectDenied('already_used', uses(10));
    expectDenied('already_used', uses(11));
  });
});

describe('a stranger', () => {
  it('cannot tell a code that never was from one that was', () => {
    const hidden = CHECK_ORDER.slice(0, CHECK_ORDER.indexOf('ip_denied'));
    expect(new Set(hidden.map(strangerReason))).toEqual(new Set(['invalid_code']));
  });

  it('is told what the holder of a living code can do something about', () => {
    const told = ['ip_denied', 'scope_denied', 'already_used', 'rate_limited'] as const;
    expect(told.map(strangerReason)).toEqual([...told]);
  });
});
