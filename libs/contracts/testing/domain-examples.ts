import { milliseconds, unixMs } from '@openclaw/domain';
import type { DomainEvent } from '../src/events/domain.events';

const at = unixMs(Date.UTC(2026, 0, 2, 3, 4, 5, 678));
const later = unixMs(at + 86_400_000);
const command = { id: 'command-1', bodyHash: 'b'.repeat(64) };
const code = { codeId: 'code-1', at, command };
const key = { masterKeyId: 'master-key-1', at, command };
const operator = { operatorId: 'operator-1', at, command };
const service = { service: 'openai', at, command };
const offer = { title: 'OpenAI', resources: ['gpt-5'], actions: ['chat', 'list'] };
const secret = { codeHash: 'a'.repeat(64), pepperKeyId: 'pepper-1' };
const rateLimits = { perMinute: 60, perHour: 1000 };

/** One event of each type of the domain, and one more where its shape has another case. */
export const DOMAIN_EXAMPLES: readonly DomainEvent[] = [
  {
    type: 'PairingCodeIssued',
    data: {
      ...code,
      settings: {
        masterKeyId: 'master-key-1',
        label: 'nightly build',
        owner: 'team-a',
        purpose: 'summaries – Zürich',
        tags: ['ci', 'eu'],
        scopes: ['openai:gpt-5:invoke', 'openai:*:list'],
        ipAllowList: ['203.0.113.0/24', '2001:db8::/32'],
        notBefore: at,
        expiresAt: later,
        idleTimeoutMs: milliseconds(900_000),
        sessionLimitMs: milliseconds(28_800_000),
        usesMax: 1000,
        rateLimits,
        freshnessBoundMs: milliseconds(1000),
      },
      secret,
    },
  },
  {
    type: 'PairingCodeIssued',
    data: {
      ...code,
      settings: {
        masterKeyId: 'master-key-1',
        label: 'without limits',
        owner: '',
        purpose: '',
        tags: [],
        scopes: ['*:*:*'],
        ipAllowList: [],
        notBefore: null,
        expiresAt: null,
        idleTimeoutMs: null,
        sessionLimitMs: null,
        usesMax: null,
        rateLimits: {},
        freshnessBoundMs: null,
      },
      secret,
    },
  },
  {
    type: 'PairingCodeUpdated',
    data: {
      ...code,
      changes: [
        { setting: 'scopes', before: ['openai:*:list'], after: ['openai:gpt-5:list'] },
        { setting: 'expiresAt', before: null, after: later },
        { setting: 'rateLimits', before: {}, after: rateLimits },
        { setting: 'freshnessBoundMs', before: null, after: milliseconds(1000) },
      ],
    },
  },
  { type: 'PairingCodeRotated', data: { ...code, secret, graceUntil: later } },
  { type: 'PairingCodeSuspended', data: code },
  { type: 'PairingCodeResumed', data: code },
  { type: 'PairingCodeReissued', data: { ...code, secret } },
  { type: 'PairingCodeRevoked', data: code },
  {
    type: 'MasterKeyRegistered',
    data: { ...key, label: 'production', provider: 'openai', secret: { name: 'master-key-1', version: '1' } },
  },
  { type: 'MasterKeyDisabled', data: key },
  { type: 'MasterKeyEnabled', data: key },
  { type: 'MasterKeyRotated', data: { ...key, secret: { name: 'master-key-1', version: '2' } } },
  { type: 'MasterKeyRevoked', data: key },
  { type: 'OperatorAdded', data: { ...operator, name: 'Ada', roles: ['admin', 'issuer'], tokenHash: 'c'.repeat(64) } },
  { type: 'OperatorRolesChanged', data: { ...operator, before: ['issuer'], roles: ['admin', 'issuer'] } },
  { type: 'OperatorTokenReplaced', data: { ...operator, tokenHash: 'd'.repeat(64) } },
  { type: 'OperatorRemoved', data: operator },
  { type: 'AdminEnrolled', data: { ...operator, since: 1 } },
  { type: 'AdminWithdrawn', data: { ...operator, upTo: 3 } },
  { type: 'AdminWithdrawn', data: { ...operator, upTo: null } },
  { type: 'TargetServiceRegistered', data: { ...service, offer } },
  {
    type: 'TargetServiceChanged',
    data: { ...service, before: offer, after: { ...offer, resources: ['gpt-5', 'gpt-5-mini'] } },
  },
  { type: 'TargetServiceRetired', data: service },
  { type: 'SubscriptionChanged', data: { account: 'team-a', at, command, before: [], scopes: ['openai:*:*'] } },
  { type: 'CodeRedeemed', data: { codeId: 'code-1', at, units: 1, requestId: 'request-1', validator: 'validator-0' } },
  {
    type: 'UsesReserved',
    data: { codeId: 'code-1', at, units: 5, unspent: { units: 2, at }, validator: 'validator-0' },
  },
  { type: 'UseNoted', data: { codeId: 'code-1', at, validator: 'validator-0' } },
  {
    type: 'DetectionSettingsChanged',
    data: {
      at, command,
      before: { repeatedRefusals: null, requestRate: null, outsideUse: null, mutes: [] },
      after: {
        repeatedRefusals: { enabled: true, refusalsMin: 3, windowMs: milliseconds(10_000) },
        requestRate: { enabled: false, requestsPerHourMax: 500 },
        outsideUse: { enabled: true, quietMs: milliseconds(60_000) },
        mutes: [{ entity: 'source/198.51.100.7', rule: null, until: at }],
      },
    },
  }, // prettier-ignore
  { type: 'AlertAcknowledged', data: { at, command, alertUid: 'c'.repeat(64), by: 'operator-1' } },
  {
    type: 'AlertClosed',
    data: { at, command, alertUid: 'c'.repeat(64), by: 'operator-1', resolution: 'false-positive' },
  },
  { type: 'LogOpened', data: { logId: 'log-1', format: 1 } },
  { type: 'WriterStarted', data: { writer: 'openclaw/issuer/issuer-0', incarnation: 'incarnation-1' } },
];
