import type { MasterKey } from '@openclaw/domain';
import { ApiError, type Traced } from '@openclaw/platform';
import { z } from 'zod';
import { instantForm, positionForm, revisionForm } from '../forms';

/** A master key as operators see it: where its value lies, never the value. */
export const masterKeyForm = z.strictObject({
  masterKeyId: z.string(),
  label: z.string(),
  provider: z.string(),
  status: z.enum(['active', 'disabled', 'revoked']),
  secret: z.strictObject({ name: z.string(), version: z.string() }).describe('where the value lies'),
  registeredAt: instantForm,
  registeredBy: z.string(),
  statusReason: z.string(),
  revision: revisionForm,
});
export type MasterKeyView = z.output<typeof masterKeyForm>;
export const writtenMasterKeyForm = masterKeyForm.extend({ position: positionForm });

export const masterKeyView = ({ state, revision, provenance }: Traced<MasterKey>): MasterKeyView => {
  if (state.status === 'unregistered') throw new ApiError('openclaw.master-key.not-found');
  const { masterKeyId, label, provider, status, secret, registeredAt } = state;
  return {
    masterKeyId,
    label,
    provider,
    status,
    secret,
    registeredAt: new Date(registeredAt).toISOString(),
    registeredBy: provenance.createdBy,
    statusReason: provenance.statusReason,
    revision,
  };
};
