import { z } from 'zod';
import { identifier, unixMs } from './wire-values';

/** What every change on the lifecycle log says: when it was decided and by which command. Who and why stand outside. */
export const happened = {
  at: unixMs,
  command: z
    .object({ id: identifier, bodyHash: identifier })
    .describe('Idempotency key of the command and a hash of what was asked'),
};
