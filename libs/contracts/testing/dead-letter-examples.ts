import { deadLetter, type DeadLetterEvent } from '../src/events/dead-letter.events';

/** A record that is no JSON, and one whose stream is known. */
export const DEAD_LETTER_EXAMPLES: readonly DeadLetterEvent[] = [
  deadLetter(
    {
      topic: 'openclaw.lifecycle.v1',
      partition: 0,
      position: 'p1.1a.log-1',
      kind: 'unparsable',
      reason: 'not JSON',
      reader: 'audit/trail',
    },
    Buffer.from('not JSON'),
  ),
  deadLetter(
    {
      topic: 'openclaw.lifecycle.v1',
      partition: 0,
      position: 'p1.1b.log-1',
      stream: 'pairing-code/code-1',
      kind: 'not-understood',
      reason: 'openclaw.pairing-code.issued.v9: not a type that this version knows',
      reader: 'validator',
    },
    Buffer.from('{"specversion":"1.0"}'),
  ),
];
