import { printScope } from '@openclaw/domain';
import type { Inspected } from '../validate-code/judge';

const SECOND_MS = 1000;

/** The answer of RFC 7662 section 2.2. Of a code that is not in force nothing is told, not even that it ever was one. */
export const introspectionView = (inspected: Inspected | undefined): object => {
  if (inspected === undefined) return { active: false };
  const { codeId, scopes, notBefore, endsAtMs } = inspected;
  return {
    active: true,
    token_type: 'Bearer',
    scope: scopes.map(printScope).join(' '),
    jti: codeId,
    ...(endsAtMs === undefined ? {} : { exp: Math.floor(endsAtMs / SECOND_MS) }),
    ...(notBefore === null ? {} : { nbf: Math.ceil(notBefore / SECOND_MS) }),
    authorization_details: scopes.map(({ service, resource, action }) => ({
      type: 'openclaw_ai',
      locations: [service],
      identifier: resource,
      actions: [action],
    })),
  };
};
