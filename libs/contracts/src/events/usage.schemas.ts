import { z } from 'zod';
import { count, identifier, milliseconds, positive, text, unixMs } from './wire-values';

/**
 * What validators write to the usage topic (ARCHITECTURE section 8). Stream `usage/<producer>/<partition>`, revision =
 * `sequence`. A producer is one life of one validator; it numbers 1, 2, 3... without a hole in each partition.
 */
const numbered = {
  producer: identifier.describe('Incarnation of the validator; never used again'),
  sequence: positive.describe('Number of this record in its producer and partition'),
};

const use = {
  ...numbered,
  validator: identifier.describe('Name of the validator, for people'),
  time: unixMs.describe('When it was decided, on the clock of the log'),
  codeId: identifier.optional().describe('Absent when the code is unknown or malformed'),
  masterKeyId: identifier.optional(),
  sourceIp: text.optional().describe('Address of the client, as the caller of the validator gave it'),
  service: text,
  resource: text,
  action: text,
  endpoint: text.optional().describe('What was called, without its query'),
  httpStatus: z.int().min(100).max(599).describe('What an HTTP front door answers for this decision'),
  latencyUs: count.describe('From request to decision, in microseconds'),
  position: identifier.describe('Place in the lifecycle log that it was decided at'),
  revision: count.describe('Revision of the code that it was decided on; 0 = unknown code'),
  freshnessAgeMs: milliseconds.describe('Upper bound on the age of what the validator knew'),
  requestId: text.optional(),
};

/** Every decision, allow and deny. It says what was decided, never that the answer was delivered. */
export const usageDecided = z
  .discriminatedUnion('outcome', [
    z.object({ outcome: z.literal('allowed'), ...use }),
    z.object({
      outcome: z.literal('denied'),
      reason: identifier.describe('First check that failed; a reason of tomorrow is carried along'),
      ...use,
    }),
  ])
  .describe('A validator judged one use of a code');

export const usageWithheld = z
  .object({ ...numbered, withheld: positive.describe('Sequence of the decision whose answer was not given') })
  .describe('A decision was recorded, but its answer was withheld because the lease had lapsed meanwhile');

export const refusalsAggregated = z
  .object({
    ...numbered,
    validator: identifier,
    from: unixMs,
    forMs: milliseconds,
    sourceIp: text.optional(),
    reason: identifier,
    count: positive,
    position: identifier,
  })
  .describe('Refusals of unknown or malformed codes of one source in one second, counted instead of listed');

export const producerOpened = z
  .object({
    ...numbered,
    validator: identifier,
    partition: count,
    openedAt: unixMs,
    durability: z
      .enum(['fsync', 'page-cache', 'log', 'memory'])
      .describe('Where a record is kept before the answer; memory: a crash loses what was not sent yet'),
  })
  .describe('First record of a producer in a partition');

export const producerClosed = z
  .object({ ...numbered, last: count.describe('Sequence of the last record before this one'), closedBy: identifier })
  .describe('Last record of a producer in a partition: everything up to `last` has been sent');

export const producerLost = z
  .object({
    producer: identifier,
    partition: count,
    lastKnown: count,
    from: unixMs,
    to: unixMs,
    declaredBy: identifier,
  })
  .describe('The spool of a producer is gone: what it recorded between `from` and `to` is a named hole, for ever');
