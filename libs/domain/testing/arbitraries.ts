import fc from 'fast-check';
import {
  type AdminRosterCommand,
  type CodeSettings,
  type CodeUse,
  type Cidr,
  type IpAddress,
  type MasterKeyCommand,
  type OperatorCommand,
  type PairingCodeCommand,
  ROLES,
  type Scope,
  type TargetServiceCommand,
  type UseRequest,
  milliseconds,
  unixMs,
} from '../src/index';
import { NEW_YEAR, metaOf } from './command-examples';
import { boundSettings, secretOf } from './pairing-code-examples';

// Few names and short spans on purpose: laws are broken where values meet, and wide ranges never meet.

const name = fc.constantFrom('a', 'b', 'c');
const scopeOf = (part: fc.Arbitrary<string>): fc.Arbitrary<Scope> =>
  fc.record({ service: part, resource: part, action: part });

/** A request: names only. */
export const scopeRequest = scopeOf(name);
export const scope = scopeOf(fc.oneof(name, fc.constant('*')));
export const scopes = fc.array(scope, { minLength: 1, maxLength: 4 });

/** An address from its bits as one number, which is how the tests reckon with it. */
export const ipOfBits = (family: 4 | 6, bits: bigint): IpAddress => ({
  family,
  groups: (family === 4 ? [16n, 0n] : [112n, 96n, 80n, 64n, 48n, 32n, 16n, 0n]).map((shift) =>
    Number((bits >> shift) & 0xffffn),
  ),
});
export const bitsOfIp = ({ groups }: IpAddress): bigint =>
  groups.reduce((bits, group) => (bits << 16n) | BigInt(group), 0n);

/** Addresses that share long prefixes. */
export const ip: fc.Arbitrary<IpAddress> = fc
  .tuple(fc.constantFrom(4 as const, 6 as const), fc.nat(7), fc.nat(7))
  .map(([family, high, low]) => {
    const width = family === 4 ? 32n : 128n;
    return ipOfBits(family, (BigInt(high) << (width - 3n)) | BigInt(low));
  });

/** A block round such an address, or the half of one. */
export const cidr: fc.Arbitrary<Cidr> = ip.chain((its) => {
  const { family } = its;
  const bits = bitsOfIp(its);
  const width = family === 4 ? 32 : 128;
  return fc.constantFrom(0, 1, 2, 3, width - 3, width - 2, width - 1, width).map((prefix) => {
    const hostBits = BigInt(width - prefix);
    return { ...ipOfBits(family, (bits >> hostBits) << hostBits), prefix };
  });
});
export const cidrs = fc.array(cidr, { maxLength: 4 });

/** Mostly null, so that a code with many settings is not refused by every one of them. */
export const orNull = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.oneof({ weight: 2, arbitrary: fc.constant(null) }, value);
/** Instants within some minutes round the present. */
export const instant = fc.integer({ min: -5, max: 5 }).map((minutes) => unixMs(NEW_YEAR + minutes * 60_000));
const duration = fc.integer({ min: 1, max: 6 }).map((minutes) => milliseconds(minutes * 60_000));
const limit = fc.integer({ min: 1, max: 4 });

const print4 = (bits: bigint): string => [24n, 16n, 8n, 0n].map((shift) => (bits >> shift) & 0xffn).join('.');
const print6 = (bits: bigint): string =>
  Array.from({ length: 8 }, (_, i) => ((bits >> BigInt(112 - 16 * i)) & 0xffffn).toString(16)).join(':');
export const printIp = (its: IpAddress): string => (its.family === 4 ? print4(bitsOfIp(its)) : print6(bitsOfIp(its)));
/** The same IPv4 address in its IPv6 form. */
export const printMapped = (its: IpAddress): string => `::ffff:${print4(bitsOfIp(its))}`;
export const printCidr = (block: Cidr): string => `${printIp(block)}/${block.prefix}`;

export const codeSettings: fc.Arbitrary<CodeSettings> = fc
  .record({
    label: fc.constantFrom('label', 'other label'),
    scopes: scopes.map((all) => all.map((its) => `${its.service}:${its.resource}:${its.action}`)),
    ipAllowList: cidrs.map((all) => all.map(printCidr)),
    notBefore: orNull(instant),
    expiresAt: orNull(instant),
    idleTimeoutMs: orNull(duration),
    sessionLimitMs: orNull(duration),
    usesMax: orNull(limit),
    rateLimits: fc.record({ perMinute: limit, perHour: limit, perDay: limit }, { requiredKeys: [] }),
    freshnessBoundMs: orNull(duration),
  })
  .map(boundSettings);

const windowUse = (lengthMs: number) =>
  fc.record({ window: fc.constant(Math.floor(NEW_YEAR / lengthMs)), uses: fc.nat(4) });

export const codeUse: fc.Arbitrary<CodeUse> = fc.record({
  firstUsedAt: orNull(instant),
  lastUsedAt: orNull(instant),
  redeemed: fc.nat(4),
  rate: fc.record({ minute: windowUse(60_000), hour: windowUse(3_600_000), day: windowUse(86_400_000) }),
});

export const useRequest: fc.Arbitrary<UseRequest> = fc.record({
  scope: fc.oneof(scopeRequest, scope),
  sourceIp: fc.oneof(ip.map(printIp), fc.constant('no address')),
});

/** Few ids, so that some commands are retries and some reuse an id for another request. */
const commandMeta = fc
  .tuple(fc.nat(20), instant, fc.constantFrom('one body', 'another body'))
  .map(([id, now, body]) => metaOf(`command ${id}`, now, body));
const codeSecret = fc.nat(4).map((its) => secretOf(`secret ${its}`));
const simple = <Type extends string>(...types: readonly Type[]) =>
  fc.record({ type: fc.constantFrom(...types), meta: commandMeta });

export const pairingCodeCommand: fc.Arbitrary<PairingCodeCommand> = fc.oneof(
  fc.record({
    type: fc.constant('IssueCode' as const),
    meta: commandMeta,
    codeId: fc.constant('code-1'),
    settings: codeSettings,
    secret: codeSecret,
  }),
  fc.record({
    type: fc.constant('UpdateCode' as const),
    meta: commandMeta,
    changes: codeSettings.map(({ masterKeyId: _, ...changes }) => changes),
    mayWiden: fc.boolean(),
  }),
  fc.record({
    type: fc.constant('RotateCode' as const),
    meta: commandMeta,
    secret: codeSecret,
    graceMs: fc.oneof(duration, fc.constant(milliseconds(0))),
  }),
  fc.record({ type: fc.constant('ReissueCode' as const), meta: commandMeta, secret: codeSecret }),
  simple('SuspendCode', 'ResumeCode', 'RevokeCode'),
);

const reference = fc.record({ name: fc.constant('master-key-1'), version: fc.constantFrom('1', '2') });

export const masterKeyCommand: fc.Arbitrary<MasterKeyCommand> = fc.oneof(
  fc.record({
    type: fc.constant('RegisterMasterKey' as const),
    meta: commandMeta,
    masterKeyId: fc.constant('master-key-1'),
    label: fc.constant('production'),
    provider: fc.constant('openai'),
    secret: reference,
  }),
  fc.record({ type: fc.constant('RotateMasterKey' as const), meta: commandMeta, secret: reference }),
  simple('DisableMasterKey', 'EnableMasterKey', 'RevokeMasterKey'),
);

const tokenHash = fc.constantFrom('hash 1', 'hash 2');

export const operatorCommand: fc.Arbitrary<OperatorCommand> = fc.oneof(
  fc.record({
    type: fc.constant('AddOperator' as const),
    meta: commandMeta,
    operatorId: fc.constant('operator-1'),
    name: fc.constant('Ada'),
    roles: fc.subarray([...ROLES], { minLength: 1 }),
    tokenHash,
  }),
  fc.record({ type: fc.constant('ReplaceOperatorToken' as const), meta: commandMeta, tokenHash }),
  fc.record({
    type: fc.constant('ChangeOperatorRoles' as const),
    meta: commandMeta,
    roles: fc.subarray([...ROLES], { minLength: 1 }),
  }),
  simple('RemoveOperator'),
);

const offer = fc.record({
  title: fc.constantFrom('AI', 'other AI'),
  resources: fc.uniqueArray(name, { minLength: 1, maxLength: 3 }),
  actions: fc.uniqueArray(name, { minLength: 1, maxLength: 3 }),
});

export const targetServiceCommand: fc.Arbitrary<TargetServiceCommand> = fc.oneof(
  fc.record({
    type: fc.constant('RegisterTargetService' as const),
    meta: commandMeta,
    service: fc.constant('a'),
    offer,
  }),
  fc.record({ type: fc.constant('ChangeTargetService' as const), meta: commandMeta, changes: offer }),
  simple('RetireTargetService'),
);

const operatorId = fc.constantFrom('ada', 'bob', 'cyd');
export const adminRosterCommand: fc.Arbitrary<AdminRosterCommand> = fc.oneof(
  fc.record({ type: fc.constant('EnrolAdmin' as const), meta: commandMeta, operatorId, since: fc.nat(5) }),
  fc.record({ type: fc.constant('WithdrawAdmin' as const), meta: commandMeta, operatorId, upTo: orNull(fc.nat(5)) }),
);
