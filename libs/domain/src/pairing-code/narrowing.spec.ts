import { type CodeChanges, milliseconds, pairingCode, unixMs } from '../index';
import { NEW_YEAR, boundSettings, codeCommands, codeEvents, specificationOf } from '../../testing';

const { given } = specificationOf(pairingCode);
const { update } = codeCommands;
const bound = codeEvents.issued();
const ms = milliseconds;
type Cases = readonly (readonly [what: string, field: keyof CodeChanges, changes: CodeChanges])[];

const WIDENING: Cases = [
  ['another scope', 'scopes', { scopes: [...boundSettings().scopes, 'billing:invoices:write'] }],
  ['a wildcard', 'scopes', { scopes: ['billing:invoices:*'] }],
  ['another block', 'ipAllowList', { ipAllowList: ['10.0.0.0/8', '192.168.0.0/16'] }],
  ['a larger block', 'ipAllowList', { ipAllowList: ['10.0.0.0/7'] }],
  ['every IPv6 address', 'ipAllowList', { ipAllowList: ['::/0'] }],
  ['any address', 'ipAllowList', { ipAllowList: [] }],
  ['an earlier beginning', 'notBefore', { notBefore: unixMs(NEW_YEAR + 999) }],
  ['no beginning', 'notBefore', { notBefore: null }],
  ['a later end', 'expiresAt', { expiresAt: unixMs(NEW_YEAR + 86_400_001) }],
  ['no end', 'expiresAt', { expiresAt: null }],
  ['a longer idle time', 'idleTimeoutMs', { idleTimeoutMs: ms(600_001) }],
  ['no idle time', 'idleTimeoutMs', { idleTimeoutMs: null }],
  ['a longer session', 'sessionLimitMs', { sessionLimitMs: ms(3_600_001) }],
  ['an endless session', 'sessionLimitMs', { sessionLimitMs: null }],
  ['one more use', 'usesMax', { usesMax: 11 }],
  ['any number of uses', 'usesMax', { usesMax: null }],
  ['more per minute', 'rateLimits', { rateLimits: { perMinute: 6, perHour: 50, perDay: 500 } }],
  ['more per hour', 'rateLimits', { rateLimits: { perMinute: 5, perHour: 51, perDay: 500 } }],
  ['more per day', 'rateLimits', { rateLimits: { perMinute: 5, perHour: 50, perDay: 501 } }],
  ['no limit per minute', 'rateLimits', { rateLimits: { perHour: 50, perDay: 500 } }],
  ['no limit per hour', 'rateLimits', { rateLimits: { perMinute: 5, perDay: 500 } }],
  ['no limit per day', 'rateLimits', { rateLimits: { perMinute: 5, perHour: 50 } }],
  ['an older knowledge', 'freshnessBoundMs', { freshnessBoundMs: ms(5001) }],
  ['knowledge of any age', 'freshnessBoundMs', { freshnessBoundMs: null }],
];

const NARROWING: Cases = [
  ['another label', 'label', { label: 'x' }],
  ['another owner', 'owner', { owner: 'x' }],
  ['another purpose', 'purpose', { purpose: 'x' }],
  ['other tags', 'tags', { tags: ['x', 'y'] }],
  ['fewer scopes', 'scopes', { scopes: ['billing:invoices:read'] }],
  ['several scopes within a wildcard', 'scopes', { scopes: ['ledger:a:read', 'ledger:b:read', 'ledger:c:read'] }],
  ['the same scopes in another order', 'scopes', { scopes: [...boundSettings().scopes].reverse() }],
  ['a smaller block', 'ipAllowList', { ipAllowList: ['10.1.2.0/24'] }],
  ['several blocks within one', 'ipAllowList', { ipAllowList: ['10.1.0.0/16', '10.2.0.0/16', '10.9.9.9'] }],
  ['one block in two halves', 'ipAllowList', { ipAllowList: ['10.0.0.0/9', '10.128.0.0/9', '2001:db8::/32'] }],
  ['an IPv4 block written in IPv6', 'ipAllowList', { ipAllowList: ['::ffff:10.0.0.0/104'] }],
  ['a later beginning', 'notBefore', { notBefore: unixMs(NEW_YEAR + 1001) }],
  ['an earlier end', 'expiresAt', { expiresAt: unixMs(NEW_YEAR + 86_399_999) }],
  ['a shorter idle time', 'idleTimeoutMs', { idleTimeoutMs: ms(599_999) }],
  ['a shorter session', 'sessionLimitMs', { sessionLimitMs: ms(1) }],
  ['fewer uses', 'usesMax', { usesMax: 9 }],
  ['less per minute', 'rateLimits', { rateLimits: { perMinute: 4, perHour: 50, perDay: 500 } }],
  ['fresher knowledge', 'freshnessBoundMs', { freshnessBoundMs: ms(4999) }],
];

describe('an update without the right to widen', () => {
  it.each(WIDENING)('is refused for %s', (_, field, changes) => {
    given(bound).when(update(changes)).thenRejects('would-widen', field);
  });

  it.each(NARROWING)('passes for %s', (_, field, changes) => {
    given(bound)
      .when(update(changes))
      .thenEvent('PairingCodeUpdated', { changes: [{ setting: field }] });
  });

  it('is refused as a whole: nothing narrows when something widens', () => {
    given(bound)
      .when(update({ usesMax: 1, expiresAt: null }))
      .thenRejects('would-widen', 'expiresAt');
  });

  it('may bind what was not bound', () => {
    const free = codeEvents.issued(
      boundSettings({
        ipAllowList: [],
        notBefore: null,
        expiresAt: null,
        idleTimeoutMs: null,
        sessionLimitMs: null,
        usesMax: null,
        rateLimits: {},
        freshnessBoundMs: null,
      }),
    );
    const { masterKeyId: _, ...changes } = boundSettings();
    given(free).when(update(changes)).thenEvent('PairingCodeUpdated');
  });
});

describe('an update with the right to widen', () => {
  it.each([...WIDENING, ...NARROWING])('passes for %s', (_, field, changes) => {
    given(bound)
      .when(update(changes, true))
      .thenEvent('PairingCodeUpdated', { changes: [{ setting: field, after: changes[field] }] });
  });
});
