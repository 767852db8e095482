import { z } from 'zod';
import { notUnderstoodForm, reasonNeeded } from '../forms';

const selector = z.string().min(1).optional();

/** Body of `POST /v1/codes/bulk-revoke`: at least one selector, so that an empty body cannot end everything. */
export const bulkRevokeBody = z
  .strictObject({ owner: selector, tag: selector, masterKey: selector, reason: reasonNeeded })
  .refine(({ owner, tag, masterKey }) => owner !== undefined || tag !== undefined || masterKey !== undefined, {
    error: 'select codes by owner, tag or masterKey',
  });
export type BulkRevokeBody = z.output<typeof bulkRevokeBody>;

/** What became of each code. */
export const bulkRevokedForm = z.strictObject({
  results: z.array(
    z.strictObject({
      codeId: z.string(),
      outcome: z.enum(['revoked', 'already-revoked', 'failed']),
      error: z.string().optional().describe('stable code of the failure'),
    }),
  ),
  notUnderstood: notUnderstoodForm,
});
export type BulkRevoked = z.output<typeof bulkRevokedForm>;
