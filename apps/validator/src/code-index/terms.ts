import {
  type Cidr, type CodeSettings, type Milliseconds, type RateLimits, type Scope, milliseconds, parsedBlocks, parsedScopes,
} from '@openclaw/domain'; // prettier-ignore
import { termsParts } from './terms.parser';

/** The settings that judging needs, without those that are almost always a code's own (its dates). */
export type SharedSettings = Pick<
  CodeSettings,
  | 'masterKeyId'
  | 'scopes'
  | 'ipAllowList'
  | 'idleTimeoutMs'
  | 'sessionLimitMs'
  | 'usesMax'
  | 'rateLimits'
  | 'freshnessBoundMs'
>;

/** What a code may do, ready to be judged: read once for all codes with the same text. */
export interface Terms {
  readonly settings: SharedSettings;
  readonly scopes: readonly Scope[];
  readonly ipAllowList: readonly Cidr[];
  /** Whether a code with these terms has anything that all validators have to count together. */
  readonly countsTogether: boolean;
  /** Number of the master key's stream; -1 as long as nothing is known of the key. */
  masterKeyStream: number;
}

/** The one text of these settings. */
export const termsText = (settings: SharedSettings): string => {
  const { masterKeyId, scopes, ipAllowList, idleTimeoutMs, sessionLimitMs, usesMax, freshnessBoundMs } = settings;
  const { perMinute = null, perHour = null, perDay = null } = settings.rateLimits;
  const rates = [perMinute, perHour, perDay];
  return JSON.stringify([
    masterKeyId, scopes, ipAllowList, idleTimeoutMs, sessionLimitMs, usesMax, rates, freshnessBoundMs,
  ]); // prettier-ignore
};

/** Terms from their text; the text is our own. */
export const termsOf = (text: string): Terms => {
  const { masterKeyId, scopes, ipAllowList, idle, session, usesMax, rates, freshness } = termsParts(text);
  const settings: SharedSettings = {
    masterKeyId,
    scopes,
    ipAllowList,
    idleTimeoutMs: duration(idle),
    sessionLimitMs: duration(session),
    usesMax,
    rateLimits: rateLimits(rates),
    freshnessBoundMs: duration(freshness),
  };
  return {
    settings,
    scopes: parsedScopes(scopes),
    ipAllowList: parsedBlocks(ipAllowList),
    countsTogether: countsTogether(settings),
    masterKeyStream: -1,
  };
};

const countsTogether = ({ usesMax, idleTimeoutMs, sessionLimitMs, rateLimits }: SharedSettings): boolean =>
  usesMax !== null || idleTimeoutMs !== null || sessionLimitMs !== null || hasRate(rateLimits);

export const hasRate = ({ perMinute, perHour, perDay }: RateLimits): boolean =>
  perMinute !== undefined || perHour !== undefined || perDay !== undefined;

const duration = (ms: number | null): Milliseconds | null => (ms === null ? null : milliseconds(ms));

const rateLimits = ([perMinute, perHour, perDay]: readonly (number | null)[]): RateLimits => ({
  ...(perMinute == null ? {} : { perMinute }),
  ...(perHour == null ? {} : { perHour }),
  ...(perDay == null ? {} : { perDay }),
});
