import type { Position } from '@openclaw/event-log';
import type { FreshLog } from '@openclaw/freshness';
import { z } from 'zod';

/** How long a revocation waits before it answers; in every case it is on the log by then. */
export const waitQuery = z.strictObject({
  wait: z
    .enum(['log', 'all'], { message: 'say all or log' })
    .default('log')
    .describe('all = until every live validator has applied it, or can no longer decide on older knowledge'),
});

const validator = z.looseObject({ validator: z.string(), incarnation: z.string() });

/** What is known about each validator after a revocation. */
export const receiptForm = z.strictObject({
  complete: z.boolean().describe('from this answer on, no request is allowed'),
  done: z.array(validator),
  expired: z.array(validator),
  missing: z.array(validator),
});

/** Waits, at most the freshness bound, until nobody can be allowed anything that `position` forbids, or says who may be. */
export const receiptAt = async ({ receipts }: FreshLog, position: Position) => {
  const { complete, done, expired, missing } = await receipts.receipt(position, new AbortController().signal);
  return { complete, done, expired, missing };
};

export type ReceiptView = Awaited<ReturnType<typeof receiptAt>>;
