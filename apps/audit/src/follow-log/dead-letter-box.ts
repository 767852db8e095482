import { createHash } from 'node:crypto';
import { TOPIC, deadLetter, deadLetterCodec, encodePosition } from '@openclaw/contracts';
import type { Quarantined } from '@openclaw/consumers';
import { type EventLog, streamName } from '@openclaw/event-log';
import { appendTraced } from '@openclaw/platform';
import type { LogSource } from './log-source';

/**
 * Copies what could not be folded to the dead-letter topic. The stream is named by the record's place, so a copy that
 * is made again (a crash before the checkpoint, a rebuild) meets its own stream and counts once.
 */
export class DeadLetterBox {
  constructor(
    private readonly log: EventLog,
    private readonly instance: string,
  ) {}

  /** Resolves when the letter is on the topic, now or from before. Rejects like `EventLog.append`; retry then. */
  async post({ topic, partition }: LogSource, from: EventLog, letter: Quarantined): Promise<void> {
    const { position, stream, kind, reason, value } = letter;
    const place = `${topic}/${partition}/${from.logId}/${position}`;
    const id = createHash('sha256').update(place).digest('hex');
    const at = encodePosition({ logId: from.logId, offset: position });
    const about = { topic, partition, position: at, kind, reason, reader: this.instance };
    const { type, data } = deadLetterCodec.encode(
      deadLetter(stream === undefined ? about : { ...about, stream }, value),
    );
    const time = new Date().toISOString();
    const event = { id, type, time, source: this.instance, data };
    await appendTraced(this.log, { topic: TOPIC.deadLetter, stream: streamName(`dead-letter/${id}`), claim: 1, event });
  }
}
