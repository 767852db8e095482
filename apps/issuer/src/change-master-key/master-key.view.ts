import type { MasterKey } from '@openclaw/domain';
import { ApiError } from '@openclaw/platform';

/** A master key as operators see it: where its value lies, never the value. */
export const masterKeyView = (state: MasterKey, revision: number) => {
  if (state.status === 'unregistered') throw new ApiError('openclaw.master-key.not-found');
  const { masterKeyId, label, provider, status, secret, registeredAt } = state;
  return { masterKeyId, label, provider, status, secret, registeredAt: new Date(registeredAt).toISOString(), revision };
};
