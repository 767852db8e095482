import { z } from 'zod';
import { revokeBody } from '../issue-code/issue-code.dto';

const selector = z.string().min(1).optional();

/** Body of `POST /v1/codes/bulk-revoke`: at least one selector, so that an empty body cannot end everything. */
export const bulkRevokeBody = z
  .strictObject({ owner: selector, tag: selector, masterKey: selector, ...revokeBody.shape })
  .refine(({ owner, tag, masterKey }) => owner !== undefined || tag !== undefined || masterKey !== undefined, {
    error: 'select codes by owner, tag or masterKey',
  });
