import type { Operator } from '@openclaw/domain';
import { ApiError } from '@openclaw/platform';

/** An operator as others see it: never the token, never its hash. */
export const operatorView = (state: Operator, revision: number) => {
  if (state.status === 'unknown') throw new ApiError('openclaw.operator.not-found');
  const { operatorId, name, roles, status } = state;
  return { operatorId, name, roles, status, revision };
};
