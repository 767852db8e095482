import { z } from 'zod';

const PAGE_SIZE_MAX = 500;

const paging = {
  /** Too large is cut down to the maximum, as AIP-158 says. */
  pageSize: z.coerce
    .number()
    .int()
    .min(1)
    .default(50)
    .transform((size) => Math.min(size, PAGE_SIZE_MAX)),
  pageToken: z.string().max(100).optional(),
};

export const listCodesQuery = z.strictObject({
  status: z.enum(['active', 'suspended', 'revoked']).optional(),
  owner: z.string().optional(),
  tag: z.string().optional(),
  masterKey: z.string().optional(),
  /** Seconds from now; finds living codes only. */
  expiringWithin: z.coerce.number().int().min(1).optional(),
  noExpiry: z.stringbool({ truthy: ['true'], falsy: ['false'] }).optional(),
  ...paging,
});

export const listMasterKeysQuery = z.strictObject({
  status: z.enum(['active', 'disabled', 'revoked']).optional(),
  ...paging,
});
