import { createHash } from 'node:crypto';
import { z } from 'zod';
import { Upcasters } from '../upcasters/upcaster';
import { bodyCodec } from './body-codec';
import { event } from './body-form';
import { recordableText, count, identifier, text } from './wire-values';

/**
 * A record that some reader could not take, copied with the reason. The whole value stays where it was, in its topic;
 * the copy holds its hash and as much of its beginning as fits one record.
 */
const deadLetterRecorded = z
  .object({
    topic: identifier,
    partition: count,
    position: identifier.describe('Place in that topic and partition'),
    stream: text.optional().describe('Absent when not even the outer form could be read'),
    kind: z.enum(['unparsable', 'not-understood', 'failed', 'held']),
    reason: text,
    reader: identifier.describe('Which consumer could not take it'),
    bytes: count.describe('Length of the whole value'),
    sha256: z.string().regex(/^[0-9a-f]{64}$/).describe('Of the whole value, lower-case hex'),
    valueStart: z.string().max(40_000).describe('The first bytes of the value, at most 30,000, in base64'),
  })
  .describe('A reader could not take a record'); // prettier-ignore

export type DeadLetter = Readonly<z.infer<typeof deadLetterRecorded>>;

export interface DeadLetterEvent {
  readonly type: 'DeadLetterRecorded';
  readonly data: DeadLetter;
}

export const deadLetterCodec = bodyCodec<DeadLetterEvent>(
  { DeadLetterRecorded: event('openclaw.dead-letter.recorded.v1', deadLetterRecorded) },
  new Upcasters([]),
);

const START_BYTES = 30_000;

/** The dead letter of a record: fits one record whatever the size of the value. */
export const deadLetter = (
  about: Omit<DeadLetter, 'bytes' | 'sha256' | 'valueStart'>,
  value: Uint8Array,
): DeadLetterEvent => ({
  type: 'DeadLetterRecorded',
  data: {
    ...about,
    reason: recordableText(about.reason),
    bytes: value.length,
    sha256: createHash('sha256').update(value).digest('hex'),
    valueStart: Buffer.from(value.subarray(0, START_BYTES)).toString('base64'),
  },
});
