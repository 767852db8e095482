import type { issuerV1 } from '@openclaw/contracts';
import { invalid, instantOf, msOf, secondsOf, textOf } from '../grpc/wire-values';

/** Settings of a message as the members of a body; what is absent does not limit. */
const settingsOf = (settings: issuerV1.CodeSettings | null) => {
  if (settings === null) throw invalid('settings', 'missing', 'say what the code may do');
  const { label, owner, purpose, tags, scopes, ipAllowList, usesMax } = settings;
  return {
    masterKeyId: settings.masterKeyId,
    ...{ label, owner, purpose, tags, scopes, ipAllowList, usesMax },
    rateLimits: rateLimitsOf(settings.rateLimits),
    notBefore: instantOf(settings.notBefore, 'settings.not_before'),
    expiresAt: instantOf(settings.expiresAt, 'settings.expires_at'),
    idleTimeoutSeconds: secondsOf(settings.idleTimeout, 'settings.idle_timeout'),
    sessionLimitSeconds: secondsOf(settings.sessionLimit, 'settings.session_limit'),
    freshnessBoundMs: msOf(settings.freshnessBound, 'settings.freshness_bound'),
  };
};

/** proto-loader adds members of its own beside optional ones. */
const rateLimitsOf = (limits: issuerV1.RateLimits | null) => {
  if (limits === null) return undefined;
  const { perMinute, perHour, perDay } = limits;
  return { perMinute, perHour, perDay };
};

/** Proto3 cannot tell an empty text or list from one that was left out: here, as in a body over REST, it was left out. */
const said = (settings: object): object =>
  Object.fromEntries(
    Object.entries(settings).filter(([, value]) => value !== '' && !(Array.isArray(value) && value.length === 0)),
  );

export const issueBodyOf = ({ settings, expiresIn, reason }: issuerV1.IssueCodeRequest) => ({
  ...said(settingsOf(settings)),
  expiresInSeconds: secondsOf(expiresIn, 'expires_in'),
  reason: textOf(reason),
});

/** Each path of the mask with the member of the body that it stands for. */
const MEMBERS: Readonly<Record<string, Exclude<keyof ReturnType<typeof settingsOf>, 'masterKeyId'>>> = {
  label: 'label',
  owner: 'owner',
  purpose: 'purpose',
  tags: 'tags',
  scopes: 'scopes',
  ip_allow_list: 'ipAllowList',
  not_before: 'notBefore',
  expires_at: 'expiresAt',
  idle_timeout: 'idleTimeoutSeconds',
  session_limit: 'sessionLimitSeconds',
  uses_max: 'usesMax',
  rate_limits: 'rateLimits',
  freshness_bound: 'freshnessBoundMs',
};

/** Only what the mask names; what it names and the settings do not hold is taken away (null). */
export const updateBodyOf = ({ updateMask, settings, reason }: issuerV1.UpdateCodeRequest) => {
  const given = settingsOf(settings);
  const changes = (updateMask?.paths ?? []).map((path) => {
    const member = Object.hasOwn(MEMBERS, path) ? MEMBERS[path] : undefined;
    if (member === undefined) throw invalid('update_mask', `no such setting: ${path}`, `use ${PATHS}`);
    return [member, given[member] ?? (member === 'rateLimits' ? {} : null)] as const;
  });
  if (changes.length === 0) throw invalid('update_mask', 'empty', `name what to change: ${PATHS}`);
  return { ...Object.fromEntries(changes), reason: textOf(reason) };
};

const PATHS = Object.keys(MEMBERS).join(', ');
