import { z } from 'zod';
import { masterKeyForm } from '../change-master-key/master-key.view';
import { notUnderstoodForm } from '../forms';
import { CODE_STATUSES, codeForm } from '../show-codes/code.view';

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

const yesOrNo = z.stringbool({ truthy: ['true'], falsy: ['false'] }).meta({ enum: ['true', 'false'] });

export const listCodesQuery = z.strictObject({
  status: z.enum(CODE_STATUSES, { message: `use ${CODE_STATUSES.join(', ')}` }).optional(),
  owner: z.string().optional(),
  tag: z.string().optional(),
  masterKey: z.string().optional(),
  /** Seconds from now; finds living codes only. */
  expiringWithin: z.coerce.number().int().min(1).optional(),
  noExpiry: yesOrNo.optional(),
  /** 503 while this issuer has not read all usage yet: it begins with the first question. */
  neverUsed: yesOrNo.optional(),
  ...paging,
});

export const listMasterKeysQuery = z.strictObject({
  status: z.enum(['active', 'disabled', 'revoked']).optional(),
  ...paging,
});

export type ListCodesQuery = z.output<typeof listCodesQuery>;
export type ListMasterKeysQuery = z.output<typeof listMasterKeysQuery>;

const nextPageToken = z.string().describe('pageToken of the next page; empty at the end');
export const codesForm = z.strictObject({ codes: z.array(codeForm), nextPageToken, notUnderstood: notUnderstoodForm });
export const masterKeysForm = z.strictObject({
  masterKeys: z.array(masterKeyForm),
  nextPageToken,
  notUnderstood: notUnderstoodForm,
});
