import type { PartitionEnd } from '../export-evidence/evidence';
import type { ProducerAccount } from './producer-accounts';
import { windowView } from './producer.view';
import { VERDICTS, type Verdict, worstOf } from './verdict';

/** Holes that a manifest lists; the others are counted, and listed by `GET /v1/producers`. */
const HOLES_MAX = 100;

/**
 * Whether everything that validators have recorded up to `range` is in it: the verdicts of the producers that had opened
 * by then. `open` means that more may come; `unaccounted` and `lost` come with the times in which decisions may miss.
 */
export const completenessOf = async (
  producers: AsyncIterable<ProducerAccount>,
  range: readonly PartitionEnd[],
  asOf: Date,
) => {
  const ends = new Map(range.map(({ partition, position }) => [partition, position]));
  const counts = new Map<Verdict, number>();
  const holes: object[] = [];
  for await (const { producer, validator, partitions } of producers) {
    const inRange = partitions.filter((one) => (one.openedPosition ?? -1) <= (ends.get(one.partition) ?? -1));
    if (inRange.length === 0) continue;
    const verdict = worstOf(inRange.map((one) => one.verdict));
    counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
    for (const { partition, window, ...one } of inRange) {
      if (window === null || holes.length >= HOLES_MAX) continue;
      holes.push({ producer, validator, partition, verdict: one.verdict, ...windowView(window) });
    }
  }
  return {
    verdict: counts.size === 0 ? 'complete' : worstOf([...counts.keys()]),
    asOf: asOf.toISOString(),
    producers: Object.fromEntries(VERDICTS.map((verdict) => [verdict, counts.get(verdict) ?? 0])),
    holes,
  };
};
