import type { EventOrigin, Journal } from '@openclaw/event-log';
import type { LeftSpool, SpoolRecord } from '@openclaw/usage-spool';
import { closedBy, lostBy } from './producer-end';
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
  await sendEverywhere(successor, signal, (partition) => [
    ...left.records.filter((record) => record.partition === partition),
    ...ending(left, partition, successor),
  ]);
  await left.remove();
};

/** Sends to every partition what `recordsOf` says, in order. Resolves when the log has it; rejects as `signal` does. */
export const sendEverywhere = async (
  successor: Successor,
  signal: AbortSignal,
  recordsOf: (partition: number) => readonly SpoolRecord[],
): Promise<void> => {
  const { journals, origin, onTrouble } = successor;
  const sent = journals.map(async (journal, partition) => {
    const sender = new UsageSender({ journal, origin, onTrouble, onAcknowledged: async () => undefined });
    for (const record of recordsOf(partition)) sender.push(record);
    if ((await sender.close(signal)) > 0) signal.throwIfAborted();
  });
  await Promise.all(sent);
};

/** The records that end the producer in a partition; none where an intact spool never wrote. */
const ending = (left: LeftSpool, partition: number, { validator, nowMs }: Successor): readonly SpoolRecord[] => {
  const { producer, intact, beganAtMs } = left;
  const last = left.last.get(partition) ?? 0;
  const end = { producer, partition, last, by: validator, nowMs: nowMs() };
  if (!intact) return lostBy(end, { fromMs: beganAtMs, toMs: nowMs() });
  return last === 0 ? [] : closedBy(end);
};
