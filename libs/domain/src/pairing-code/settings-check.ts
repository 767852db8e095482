import { parseCidr } from '../network/cidr';
import { parseScope } from '../scope/scope';
import { type Rejection, rejection } from '../shared/rejection';
import { lineFault, utf8Bytes } from '../shared/text';
import type { CodeSettings, SettingName } from './settings';

const TEXT_MAX = 200;
const TAG_MAX = 64;
const LIST_MAX = 100;
const COUNT_MAX = 1_000_000_000;
/** Ten years: longer is a slip of the unit. */
const DURATION_MAX_MS = 10 * 365 * 86_400_000;
/** An update writes the old and the new settings into one record of 65,535 bytes, and the rest wants room, too. */
const BYTES_MAX = 20_000;

/** The first setting that cannot be, or undefined when all can. */
export const settingsFault = (settings: CodeSettings): Rejection | undefined => {
  for (const [field, check, remedy] of CHECKS) {
    const problem = check(settings);
    if (problem !== undefined) return rejection('invalid-value', problem, remedy, field);
  }
  const bytes = utf8Bytes(JSON.stringify(settings));
  if (bytes <= BYTES_MAX) return undefined;
  return rejection('invalid-value', `all settings together take ${bytes} bytes`, `stay within ${BYTES_MAX} bytes`);
};

type Check = (settings: CodeSettings) => string | undefined;

const line = (value: string): string | undefined => lineFault(value, TEXT_MAX);
const name = (value: string): string | undefined => (value === '' ? 'empty' : line(value));

const wholeUpTo =
  (max: number) =>
  (value: number | null | undefined): string | undefined =>
    value == null || (Number.isInteger(value) && value >= 1 && value <= max)
      ? undefined
      : `not a whole number from 1 to ${max}`;
const count = wholeUpTo(COUNT_MAX);
const duration = wholeUpTo(DURATION_MAX_MS);

const instant = (value: number | null): string | undefined =>
  value === null || (Number.isSafeInteger(value) && value >= 0) ? undefined : 'not an instant';

const list = (values: readonly string[], isFine: (value: string) => boolean): string | undefined => {
  if (values.length > LIST_MAX) return `more than ${LIST_MAX} entries`;
  const bad = values.findIndex((value) => !isFine(value));
  return bad < 0 ? undefined : `entry ${bad + 1} is not valid`;
};

const tags: Check = ({ tags: its }) => list(its, (tag) => tag !== '' && lineFault(tag, TAG_MAX) === undefined);

const scopes: Check = ({ scopes: its }) =>
  its.length === 0
    ? 'empty: a code without a scope is good for nothing'
    : list(its, (scope) => parseScope(scope) !== undefined);

const expiry: Check = ({ notBefore, expiresAt }) => {
  const isBackwards = notBefore !== null && expiresAt !== null && expiresAt <= notBefore;
  return instant(expiresAt) ?? (isBackwards ? 'not after notBefore' : undefined);
};

const rates: Check = ({ rateLimits: { perMinute, perHour, perDay } }) =>
  count(perMinute) ?? count(perHour) ?? count(perDay);

/** Every setting with what can be wrong with it, in the order in which faults are reported. */
const CHECKS: readonly (readonly [SettingName, Check, remedy: string])[] = [
  ['masterKeyId', (s) => name(s.masterKeyId), 'name the master key'],
  ['label', (s) => name(s.label), 'give one line of 1 to 200 characters'],
  ['owner', (s) => line(s.owner), 'give one line of at most 200 characters'],
  ['purpose', (s) => line(s.purpose), 'give one line of at most 200 characters'],
  ['tags', tags, 'give at most 100 tags of 1 to 64 characters'],
  ['scopes', scopes, 'give 1 to 100 scopes service:resource:action, each part a name or *'],
  [
    'ipAllowList',
    (s) => list(s.ipAllowList, (block) => parseCidr(block) !== undefined),
    'give CIDR blocks such as 10.0.0.0/8, host bits zero',
  ],
  ['notBefore', (s) => instant(s.notBefore), 'give an instant'],
  ['expiresAt', expiry, 'give an instant after notBefore, or none'],
  ['idleTimeoutMs', (s) => duration(s.idleTimeoutMs), 'give whole milliseconds, or none'],
  ['sessionLimitMs', (s) => duration(s.sessionLimitMs), 'give whole milliseconds, or none'],
  ['usesMax', (s) => count(s.usesMax), 'give a whole number, or none'],
  ['rateLimits', rates, 'give whole numbers perMinute, perHour, perDay, or none'],
  ['freshnessBoundMs', (s) => duration(s.freshnessBoundMs), 'give whole milliseconds, or none'],
];
