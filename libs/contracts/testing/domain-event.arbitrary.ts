import fc from 'fast-check';
import {
  milliseconds,
  RESOLUTIONS,
  ROLES,
  unixMs,
  type CodeSettings,
  type DetectionSettings,
  type RateLimits,
  type SettingChange,
  type SettingName,
} from '@openclaw/domain';
import type { DomainEvent } from '../src/events/domain.events';

const identifier = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 });
const text = fc.string({ unit: 'binary', maxLength: 40 });
const texts = fc.array(text, { maxLength: 4 });
const instant = fc.integer({ min: 0, max: 253_402_300_799_999 }).map(unixMs);
const duration = fc.maxSafeNat().map(milliseconds);
const limit = fc.integer({ min: 1, max: 1_000_000_000 });
const orNull = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { nil: null });
const hex = fc.stringMatching(/^[0-9a-f]{64}$/);

const claimed = { codeId: identifier, at: instant, validator: identifier };
const happened = { at: instant, command: fc.record({ id: identifier, bodyHash: identifier }) };
const secret = fc.record({ codeHash: hex, pepperKeyId: identifier });
const rateLimits: fc.Arbitrary<RateLimits> = fc.record(
  { perMinute: limit, perHour: limit, perDay: limit },
  { requiredKeys: [] },
);

const settingArbitraries: { readonly [Name in SettingName]: fc.Arbitrary<CodeSettings[Name]> } = {
  masterKeyId: identifier,
  label: text,
  owner: text,
  purpose: text,
  tags: texts,
  scopes: texts,
  ipAllowList: texts,
  notBefore: orNull(instant),
  expiresAt: orNull(instant),
  idleTimeoutMs: orNull(duration),
  sessionLimitMs: orNull(duration),
  usesMax: orNull(limit),
  rateLimits,
  freshnessBoundMs: orNull(duration),
};
const settings = fc.record(settingArbitraries) as fc.Arbitrary<CodeSettings>;
const change: fc.Arbitrary<SettingChange> = fc.oneof(
  ...(Object.keys(settingArbitraries) as SettingName[]).map((setting) => {
    const value: fc.Arbitrary<CodeSettings[SettingName]> = settingArbitraries[setting];
    return fc.record({ setting: fc.constant(setting), before: value, after: value });
  }),
);

type DataArbitraries = {
  readonly [Type in DomainEvent['type']]: fc.Arbitrary<Extract<DomainEvent, { readonly type: Type }>['data']>;
};

const inCode = { codeId: identifier, ...happened };
const inKey = { masterKeyId: identifier, ...happened };
const inOperator = { operatorId: identifier, ...happened };
const reference = fc.record({ name: identifier, version: identifier });
const inService = { service: identifier, ...happened };
const offer = fc.record({ title: text, resources: texts, actions: texts });
const roles = fc.array(fc.constantFrom(...ROLES), { maxLength: 4 });

const enabled = fc.boolean();
const shortTime = fc.integer({ min: 0, max: 86_400_000 }).map(milliseconds);
const rule = fc.constantFrom('repeated-refusals' as const, 'request-rate' as const, 'outside-use' as const);
const detection: fc.Arbitrary<DetectionSettings> = fc.record({
  repeatedRefusals: orNull(fc.record({ enabled, refusalsMin: limit, windowMs: shortTime })),
  requestRate: orNull(fc.record({ enabled, requestsPerHourMax: limit })),
  outsideUse: orNull(fc.record({ enabled, quietMs: shortTime })),
  mutes: fc.array(fc.record({ entity: text, rule: orNull(rule), until: instant }), { maxLength: 3 }),
});
const inAlert = { ...happened, alertUid: identifier, by: identifier };

/** Does not compile while an event of the domain is missing. */
const data: DataArbitraries = {
  PairingCodeIssued: fc.record({ ...inCode, settings, secret }),
  PairingCodeUpdated: fc.record({ ...inCode, changes: fc.array(change, { maxLength: 4 }) }),
  PairingCodeRotated: fc.record({ ...inCode, secret, graceUntil: instant }),
  PairingCodeSuspended: fc.record(inCode),
  PairingCodeResumed: fc.record(inCode),
  PairingCodeReissued: fc.record({ ...inCode, secret }),
  PairingCodeRevoked: fc.record(inCode),
  MasterKeyRegistered: fc.record({ ...inKey, label: text, provider: text, secret: reference }),
  MasterKeyDisabled: fc.record(inKey),
  MasterKeyEnabled: fc.record(inKey),
  MasterKeyRotated: fc.record({ ...inKey, secret: reference }),
  MasterKeyRevoked: fc.record(inKey),
  OperatorAdded: fc.record({ ...inOperator, name: text, roles, tokenHash: identifier }),
  OperatorRolesChanged: fc.record({ ...inOperator, before: roles, roles }),
  OperatorTokenReplaced: fc.record({ ...inOperator, tokenHash: identifier }),
  OperatorRemoved: fc.record(inOperator),
  AdminEnrolled: fc.record({ ...inOperator, since: limit }),
  AdminWithdrawn: fc.record({ ...inOperator, upTo: orNull(limit) }),
  TargetServiceRegistered: fc.record({ ...inService, offer }),
  TargetServiceChanged: fc.record({ ...inService, before: offer, after: offer }),
  TargetServiceRetired: fc.record(inService),
  SubscriptionChanged: fc.record({ account: identifier, ...happened, before: texts, scopes: texts }),
  CodeRedeemed: fc.record({ ...claimed, units: limit, requestId: identifier }),
  UsesReserved: fc.record({
    ...claimed,
    units: limit,
    unspent: fc.option(fc.record({ units: limit, at: instant })),
  }),
  UseNoted: fc.record(claimed),
  DetectionSettingsChanged: fc.record({ ...happened, before: detection, after: detection }),
  AlertAcknowledged: fc.record(inAlert),
  AlertClosed: fc.record({ ...inAlert, resolution: fc.constantFrom(...RESOLUTIONS) }),
  LogOpened: fc.record({ logId: identifier, format: limit }),
  WriterStarted: fc.record({ writer: identifier, incarnation: identifier }),
};

/** Any event of the domain that its wire form can hold. */
export const domainEvent: fc.Arbitrary<DomainEvent> = fc.oneof(
  ...Object.entries(data).map(([type, its]) =>
    (its as fc.Arbitrary<DomainEvent['data']>).map((value) => ({ type, data: value }) as DomainEvent),
  ),
);
