import type { TargetService } from '@openclaw/domain';
import { ApiError } from '@openclaw/platform';

/** A service of the catalogue as operators see it. */
export const serviceView = (state: TargetService, revision: number) => {
  if (state.status === 'unregistered') throw new ApiError('openclaw.target-service.not-found');
  const { service, title, resources, actions, status } = state;
  return { service, title, resources, actions, status, revision };
};
