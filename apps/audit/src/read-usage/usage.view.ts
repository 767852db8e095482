import type { UsageCount, UsageRecord } from './usage.port';

/** A decision as auditors see it: what was decided and at which position, never that the answer was delivered. */
export const usageView = ({ time, partition, position, count, forMs, withheld, ...facts }: UsageRecord) => ({
  time: time.toISOString(),
  ...facts,
  ...(facts.outcome === 'withheld' ? { withheldSequence: withheld } : {}),
  ...(forMs === null ? {} : { aggregated: { count, forMs } }),
  place: { partition, position },
});

/** Counts of one query, by outcome, by reason and by hour. */
export const usageSummary = (counts: readonly UsageCount[]) => ({
  byOutcome: summed(counts, ({ outcome }) => outcome),
  byReason: summed(
    counts.filter(({ reason }) => reason !== null),
    ({ reason }) => String(reason),
  ),
  byHour: [...new Set(counts.map(({ hour }) => hour.toISOString()))].map((hour) => ({
    hour,
    ...summed(
      counts.filter((one) => one.hour.toISOString() === hour),
      ({ outcome }) => outcome,
    ),
  })),
});

const summed = (counts: readonly UsageCount[], nameOf: (one: UsageCount) => string): Record<string, number> => {
  const sums = new Map<string, number>();
  for (const one of counts) sums.set(nameOf(one), (sums.get(nameOf(one)) ?? 0) + one.count);
  return Object.fromEntries(sums);
};
