import { streamOf, usageCodec, type UsageEvent } from '@openclaw/contracts';
import { type EventOrigin, type Journal, encodeOuterForm, streamName } from '@openclaw/event-log';
import type { LeftSpool, SpoolRecord } from '@openclaw/usage-spool';
import { UsageSender } from './usage-sender';

export interface Successor {
  /** Name of the validator that took over, for people. */
  readonly validator: string;
  readonly journals: readonly Journal[];
  readonly origin: EventOrigin;
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
  readonly onTrouble: (reason: string) => void;
}

/**
 * Sends what a producer that is no more left in its spool, and closes it: as complete when the spool is intact, as lost,
 * with the window of time, when it is not (ARCHITECTURE section 8). What was sent before is superseded on the log; a
 * producer that had closed itself stays closed. Resolves when the log has all of it, or rejects with the reason of
 * `signal`: then the spool stays, and the next start does it again.
 */
export const drainLeft = async (left: LeftSpool, successor: Successor, signal: AbortSignal): Promise<void> => {
  const { journals } = successor;
  const sent = journals.map((journal, partition) => {
    const own = left.records.filter((record) => record.partition === partition);
    return sendAll(journal, [...own, ...ending(left, partition, successor)], successor, signal);
  });
  await Promise.all(sent);
  await left.remove();
};

const sendAll = async (
  journal: Journal,
  records: readonly SpoolRecord[],
  { origin, onTrouble }: Successor,
  signal: AbortSignal,
): Promise<void> => {
  const sender = new UsageSender({ journal, origin, onTrouble, onAcknowledged: async () => undefined });
  for (const record of records) sender.push(record);
  if ((await sender.close(signal)) > 0) signal.throwIfAborted();
};

/** The record that ends the producer in a partition; none where an intact spool never wrote. */
const ending = (left: LeftSpool, partition: number, { validator, nowMs }: Successor): readonly SpoolRecord[] => {
  const { producer, intact, beganAtMs } = left;
  const last = left.last.get(partition) ?? 0;
  if (intact && last === 0) return [];
  const event: UsageEvent = intact
    ? { type: 'ProducerClosed', data: { producer, sequence: last + 1, last, closedBy: validator } }
    : {
        type: 'ProducerLost',
        data: { producer, partition, lastKnown: last, from: beganAtMs, to: nowMs(), declaredBy: validator },
      };
  const { type, data } = usageCodec.encode(event);
  const stream = streamName(streamOf.usage(producer, partition));
  const id = `${producer}/${partition}/end`;
  const time = new Date(nowMs()).toISOString();
  const value = encodeOuterForm(stream, 'terminal', { id, type, time, source: validator, data });
  return [{ partition, sequence: last + 1, key: stream, value }];
};
