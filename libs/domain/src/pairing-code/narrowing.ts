/**
 * WHAT NARROWS A CODE. Settings `now` are a narrowing of `before` iff every use that a code with `now` is allowed, the
 * same code with `before` is allowed, too: at any instant, from any address, after any uses. Each setting is compared
 * on its own, which is enough because `evaluate` allows a use iff every single check passes (ARCHITECTURE section 6).
 */
import { type Cidr, allowListIsWithin, parseCidr } from '../network/cidr';
import { type Scope, isSubsetOf, parseScope } from '../scope/scope';
import { keysOf } from '../shared/keys';
import type { CodeChanges, CodeSettings } from './settings';

type IsWithin = (now: CodeSettings, before: CodeSettings) => boolean;
type Changeable = keyof CodeChanges;

/** Describes a code and allows nothing. */
const describes: IsWithin = () => true;

/** Null and absent do not limit. */
const atMost = (now: number | null | undefined, before: number | null | undefined): boolean =>
  before == null || (now != null && now <= before);

/** For each setting that can change: is the new value within the old one? A new setting does not compile without. */
const IS_WITHIN: Readonly<Record<Changeable, IsWithin>> = {
  label: describes,
  owner: describes,
  purpose: describes,
  tags: describes,
  scopes: (now, before) => isSubsetOf(parsedScopes(now.scopes), parsedScopes(before.scopes)),
  ipAllowList: (now, before) => allowListIsWithin(parsedBlocks(now.ipAllowList), parsedBlocks(before.ipAllowList)),
  notBefore: (now, before) =>
    before.notBefore === null || (now.notBefore !== null && now.notBefore >= before.notBefore),
  expiresAt: (now, before) => atMost(now.expiresAt, before.expiresAt),
  idleTimeoutMs: (now, before) => atMost(now.idleTimeoutMs, before.idleTimeoutMs),
  sessionLimitMs: (now, before) => atMost(now.sessionLimitMs, before.sessionLimitMs),
  usesMax: (now, before) => atMost(now.usesMax, before.usesMax),
  rateLimits: ({ rateLimits: now }, { rateLimits: before }) =>
    atMost(now.perMinute, before.perMinute) && atMost(now.perHour, before.perHour) && atMost(now.perDay, before.perDay),
  freshnessBoundMs: (now, before) => atMost(now.freshnessBoundMs, before.freshnessBoundMs),
};

/** Settings that a command may change; any other member of a command's changes is not looked at. */
export const CHANGEABLE: readonly Changeable[] = keysOf(IS_WITHIN);

/** The settings in which `now` allows something that `before` does not. Empty = a narrowing. */
export const widenedSettings = (now: CodeSettings, before: CodeSettings): readonly Changeable[] =>
  CHANGEABLE.filter((name) => !IS_WITHIN[name](now, before));

/** Scopes of settings that have passed `settingsFault`. */
export const parsedScopes = (scopes: readonly string[]): readonly Scope[] =>
  scopes.flatMap((one) => parseScope(one) ?? []);
/** Blocks of settings that have passed `settingsFault`. */
export const parsedBlocks = (blocks: readonly string[]): readonly Cidr[] =>
  blocks.flatMap((one) => parseCidr(one) ?? []);
