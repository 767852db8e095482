import { z } from 'zod';

/** The whole list, in place of the one before; empty = the account may issue nothing. */
export const changeSubscriptionBody = z.strictObject({
  scopes: z.array(z.string()),
  reason: z.string().max(500).optional(),
});
