import { setTimeout as pauseFor } from 'node:timers/promises';
import { type Heard, type RenewalBook, systemTime } from '@openclaw/freshness';
import { type Successor, sendEverywhere } from './left-producers';
import { lostBy } from './producer-end';

export interface GoneOrder {
  readonly successor: Successor;
  readonly renewals: RenewalBook;
  /** Producers that are accounted for: this one, those whose spool is here, those that ended well. */
  readonly known: ReadonlySet<string>;
  /** Somebody else bears this validator's name and lives. */
  readonly onNamesake: (incarnation: string) => void;
  readonly onLost: (incarnation: string) => void;
}

/** Silent for three bounds: it answers nothing any more since one, and its process cannot be just late. */
const SILENT_BOUNDS = 3;

/**
 * Declares lost the predecessors whose spool is not here: the coordination topic remembers for an hour who has renewed
 * under this validator's name. The window ends when the last lease of the lost one ended, and begins where the log's
 * own records of it end (the audit knows; `from` is the first that renewals tell). Who had closed itself stays closed:
 * its stream takes no further record. Call when the topic has been read to its end, which the first lease proves.
 */
export const declareGone = async (order: GoneOrder, signal: AbortSignal): Promise<void> => {
  const { renewals, successor, known } = order;
  const gone = renewals.all().filter((one) => one.validator === successor.validator && !known.has(one.incarnation));
  await Promise.all(gone.map((one) => declareOne(one, order, signal)));
};

const declareOne = async (gone: Heard, order: GoneOrder, signal: AbortSignal): Promise<void> => {
  const { incarnation, boundMs, lastSequence, firstAtMs, lastAtMs, lastReadAtMs } = gone;
  const silentMs = systemTime.monotonic.nowMs() - lastReadAtMs;
  await pauseFor(Math.max(0, SILENT_BOUNDS * boundMs - silentMs), undefined, { signal, ref: false });
  if (order.renewals.of(incarnation)?.lastReadAtMs !== lastReadAtMs) return order.onNamesake(incarnation);
  const { successor } = order;
  await sendEverywhere(successor, signal, (partition) => {
    const last = lastSequence[partition] ?? 0;
    const end = { producer: incarnation, partition, last, by: successor.validator, nowMs: successor.nowMs() };
    return lostBy(end, { fromMs: Math.floor(firstAtMs), toMs: Math.ceil(lastAtMs + boundMs) });
  });
  order.onLost(incarnation);
};
