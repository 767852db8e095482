import { streamOf, usageCodec, type UsageEvent } from '@openclaw/contracts';
import { encodeOuterForm, streamName } from '@openclaw/event-log';
import type { SpoolRecord } from '@openclaw/usage-spool';

/** A producer in one partition, and who writes about it when. */
export interface EndOf {
  readonly producer: string;
  readonly partition: number;
  /** Last number that can be known. */
  readonly last: number;
  /** Name of the validator that writes it. */
  readonly by: string;
  readonly nowMs: number;
}

/** What was recorded in this time may be missing. Milliseconds since 1970. */
export interface LossWindow {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Everything up to `last` has been sent. */
export const closedBy = (end: EndOf): readonly SpoolRecord[] => {
  const { producer, last, by } = end;
  const data = { producer, sequence: last + 1, last, closedBy: by };
  return [recordOf(end, 'terminal', { type: 'ProducerClosed', data })];
};

/**
 * Its spool is gone or damaged. A stream can only be ended when it exists, and the record that opened it may be among
 * the lost ones: it is opened once more, which counts only then.
 */
export const lostBy = (end: EndOf, { fromMs, toMs }: LossWindow): readonly SpoolRecord[] => {
  const { producer, partition, last, by } = end;
  const opened = { producer, sequence: 1, validator: by, partition, openedAt: fromMs, durability: 'memory' } as const;
  const lost = { producer, partition, lastKnown: last, from: fromMs, to: Math.max(fromMs, toMs), declaredBy: by };
  return [
    recordOf(end, 1, { type: 'ProducerOpened', data: opened }),
    recordOf(end, 'terminal', { type: 'ProducerLost', data: lost }),
  ];
};

const recordOf = (
  { producer, partition, last, by, nowMs }: EndOf,
  claim: 1 | 'terminal',
  event: UsageEvent,
): SpoolRecord => {
  const { type, data } = usageCodec.encode(event);
  const stream = streamName(streamOf.usage(producer, partition));
  const id = `${producer}/${partition}/${claim === 1 ? 'opened' : 'end'}`;
  const time = new Date(nowMs).toISOString();
  const value = encodeOuterForm(stream, claim, { id, type, time, source: by, data });
  return { partition, sequence: claim === 1 ? 1 : last + 1, key: stream, value };
};
