import { type Cidr, allowListIsWithin, parseCidr } from '../network/cidr';
import type { RateLimits } from '../rate-limit/rate-limit';
import { type Scope, isSubsetOf, parseScope } from '../scope/scope';
import { type Rejection, rejection } from '../shared/rejection';
import type { Milliseconds, UnixMs } from '../shared/time';

/** What a code may do, for whom, when, from where and how often. Texts and lists are as their owner wrote them. */
export interface CodeSettings {
  readonly masterKeyId: string;
  readonly label: string;
  readonly owner: string;
  readonly purpose: string;
  readonly tags: readonly string[];
  readonly scopes: readonly string[];
  /** CIDR blocks; empty = any address. */
  readonly ipAllowList: readonly string[];
  readonly notBefore: UnixMs | null;
  /** Null = does not expire by itself. */
  readonly expiresAt: UnixMs | null;
  /** Refused after this long without a use; null = no limit. */
  readonly idleTimeoutMs: Milliseconds | null;
  /** A session starts with the first use and ends after this long; null = no limit. */
  readonly sessionLimitMs: Milliseconds | null;
  /** 1 = single use; null = unlimited. */
  readonly usesMax: number | null;
  readonly rateLimits: RateLimits;
  /** A stricter bound on the age of a validator's knowledge than the deployment's; null = the deployment's. */
  readonly freshnessBoundMs: Milliseconds | null;
}

export type SettingName = keyof CodeSettings;
/** Settings that can change during the life of a code. The master key cannot: that would be another code. */
export type CodeChanges = Partial<Omit<CodeSettings, 'masterKeyId'>>;

const TEXT_MAX = 200;
const LIST_MAX = 100;
const USES_MAX = 1_000_000_000;

type Check = (settings: CodeSettings) => string | undefined;

const text = (value: string): string | undefined =>
  value.length > TEXT_MAX ? `longer than ${TEXT_MAX} characters` : undefined;
const positive = (value: number | null | undefined): string | undefined =>
  value == null || (Number.isInteger(value) && value >= 1 && value <= USES_MAX) ? undefined : `not a whole number from 1 to ${USES_MAX}`;
const instant = (value: number | null): string | undefined =>
  value === null || (Number.isInteger(value) && value >= 0) ? undefined : 'not an instant';

/** Every setting with what can be wrong with it, in the order in which faults are reported. */
const CHECKS: readonly (readonly [SettingName, Check, remedy: string])[] = [
  ['masterKeyId', (s) => (s.masterKeyId === '' ? 'empty' : text(s.masterKeyId)), 'name the master key'],
  ['label', (s) => (s.label === '' ? 'empty' : text(s.label)), 'give 1 to 200 characters'],
  ['owner', (s) => text(s.owner), 'give at most 200 characters'],
  ['purpose', (s) => text(s.purpose), 'give at most 200 characters'],
  ['tags', (s) => list(s.tags, (tag) => tag !== '' && tag.length <= 64), 'give at most 100 tags of 1 to 64 characters'],
  ['scopes', scopesFault, 'give 1 to 100 scopes service:resource:action, each part a name or *'],
  ['ipAllowList', (s) => list(s.ipAllowList, (block) => parseCidr(block) !== undefined), 'give CIDR blocks such as 10.0.0.0/8, host bits zero'],
  ['notBefore', (s) => instant(s.notBefore), 'give an instant'],
  ['expiresAt', expiryFault, 'give an instant after notBefore, or none'],
  ['idleTimeoutMs', (s) => positive(s.idleTimeoutMs), 'give whole milliseconds, or none'],
  ['sessionLimitMs', (s) => positive(s.sessionLimitMs), 'give whole milliseconds, or none'],
  ['usesMax', (s) => positive(s.usesMax), 'give a whole number, or none'],
  ['rateLimits', ratesFault, 'give whole numbers perMinute, perHour, perDay, or none'],
  ['freshnessBoundMs', (s) => positive(s.freshnessBoundMs), 'give whole milliseconds, or none'],
]; // prettier-ignore

/** The first setting that cannot be, or undefined when all can. */
export const settingsFault = (settings: CodeSettings): Rejection | undefined => {
  for (const [field, check, remedy] of CHECKS) {
    const problem = check(settings);
    if (problem !== undefined) return rejection('invalid-value', problem, remedy, field);
  }
  return undefined;
};

function list(values: readonly string[], isFine: (value: string) => boolean): string | undefined {
  if (values.length > LIST_MAX) return `more than ${LIST_MAX} entries`;
  const bad = values.findIndex((value) => !isFine(value));
  return bad < 0 ? undefined : `entry ${bad + 1} is not valid`;
}

function scopesFault(settings: CodeSettings): string | undefined {
  if (settings.scopes.length === 0) return 'empty: a code without a scope is good for nothing';
  return list(settings.scopes, (scope) => parseScope(scope) !== undefined);
}

function expiryFault(settings: CodeSettings): string | undefined {
  const { notBefore, expiresAt } = settings;
  return instant(expiresAt) ?? (notBefore !== null && expiresAt !== null && expiresAt <= notBefore ? 'not after notBefore' : undefined);
}

function ratesFault({ rateLimits }: CodeSettings): string | undefined {
  return positive(rateLimits.perMinute) ?? positive(rateLimits.perHour) ?? positive(rateLimits.perDay);
}

/** Scopes of settings that have passed `settingsFault`. */
export const parsedScopes = (scopes: readonly string[]): readonly Scope[] => scopes.flatMap((one) => parseScope(one) ?? []);
export const parsedBlocks = (blocks: readonly string[]): readonly Cidr[] => blocks.flatMap((one) => parseCidr(one) ?? []);

const atMost = (now: number | null | undefined, before: number | null | undefined): boolean => before == null || (now != null && now <= before);

/** For each setting that can widen what a code may do: is the new value within the old one? */
const NARROWER: { readonly [Name in SettingName]?: (now: CodeSettings, before: CodeSettings) => boolean } = {
  scopes: (now, before) => isSubsetOf(parsedScopes(now.scopes), parsedScopes(before.scopes)),
  ipAllowList: (now, before) => allowListIsWithin(parsedBlocks(now.ipAllowList), parsedBlocks(before.ipAllowList)),
  notBefore: (now, before) => before.notBefore === null || (now.notBefore !== null && now.notBefore >= before.notBefore),
  expiresAt: (now, before) => atMost(now.expiresAt, before.expiresAt),
  idleTimeoutMs: (now, before) => atMost(now.idleTimeoutMs, before.idleTimeoutMs),
  sessionLimitMs: (now, before) => atMost(now.sessionLimitMs, before.sessionLimitMs),
  usesMax: (now, before) => atMost(now.usesMax, before.usesMax),
  freshnessBoundMs: (now, before) => atMost(now.freshnessBoundMs, before.freshnessBoundMs),
  rateLimits: ({ rateLimits: now }, { rateLimits: before }) =>
    atMost(now.perMinute, before.perMinute) && atMost(now.perHour, before.perHour) && atMost(now.perDay, before.perDay),
};

/** The settings in which `now` allows something that `before` does not. Empty = a narrowing. */
export const widenedSettings = (now: CodeSettings, before: CodeSettings): readonly SettingName[] =>
  (Object.keys(NARROWER) as SettingName[]).filter((name) => NARROWER[name]?.(now, before) === false);
