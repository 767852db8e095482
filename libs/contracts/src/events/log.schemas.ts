import { z } from 'zod';
import { identifier, positive } from './wire-values';

/** What the event log writes about itself. Every fold meets these records and none has to do anything with them. */
export const logOpened = z
  .object({ logId: identifier, format: positive.describe('Version of the rules of this log') })
  .describe('First record of a log: it gives the history its identity');
export const writerStarted = z
  .object({ writer: identifier, incarnation: identifier })
  .describe('A process began to write; its first head stands on this record');
