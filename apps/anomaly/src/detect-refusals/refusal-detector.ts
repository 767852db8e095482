import type { UsageEvent } from '@openclaw/contracts';
import {
  NO_REFUSALS,
  type Refusal,
  type RefusalAlert,
  type RefusalHistory,
  type RepeatedRefusalsRule,
  foldRefusal,
  unixMs,
} from '@openclaw/domain';

/** How many quiet entities are looked through at once when old ones are forgotten. */
const SWEEP_EVERY = 10_000;

/**
 * Watches the refusals of all usage partitions, brought into the order of time: by code, and by source address, whose
 * attempts lie in the partitions of the codes that it tried. The same order gives the same alerts, byte for byte.
 */
export class RefusalDetector {
  readonly #histories = new Map<string, RefusalHistory>();
  #untilSweep = SWEEP_EVERY;

  constructor(private readonly rule: RepeatedRefusalsRule) {}

  /** Folds one usage event; returns the alerts that it completes. */
  fold(eventId: string, event: UsageEvent): readonly RefusalAlert[] {
    const found = refusalsIn(eventId, event);
    return found.flatMap(({ entity, refusal }) => this.#foldOne(entity, refusal) ?? []);
  }

  #foldOne(entity: string, refusal: Refusal): RefusalAlert | undefined {
    const [history, alert] = foldRefusal(this.rule, entity, this.#histories.get(entity) ?? NO_REFUSALS, refusal);
    this.#histories.set(entity, history);
    this.#untilSweep -= 1;
    if (this.#untilSweep <= 0) this.#forgetBefore(refusal.at - this.rule.windowMs);
    return alert;
  }

  /** What lies a whole window back can no longer take part in an incident: memory follows the traffic of one window. */
  #forgetBefore(at: number): void {
    for (const [entity, { refusals, alertedUntil }] of this.#histories) {
      const last = refusals.at(-1)?.at ?? 0;
      if (last < at && (alertedUntil ?? 0) < at) this.#histories.delete(entity);
    }
    this.#untilSweep = Math.max(SWEEP_EVERY, this.#histories.size);
  }
}

interface Found {
  readonly entity: string;
  readonly refusal: Refusal;
}

const refusalsIn = (eventId: string, event: UsageEvent): readonly Found[] => {
  if (event.type === 'RefusalsAggregated') return aggregated(eventId, event.data);
  if (event.type !== 'UsageDecided' || event.data.outcome !== 'denied') return [];
  const { codeId, sourceIp, time, reason } = event.data;
  const refusal = { at: unixMs(time), eventId, reason };
  return [...entity('code', codeId), ...entity('source', sourceIp)].map((one) => ({ entity: one, refusal }));
};

/** Counted refusals weigh as many as they are. */
const aggregated = (
  eventId: string,
  { sourceIp, from, reason, count }: Extract<UsageEvent, { type: 'RefusalsAggregated' }>['data'],
): readonly Found[] =>
  entity('source', sourceIp).flatMap((one) =>
    Array.from({ length: Math.min(count, 1000) }, (_, i) => ({
      entity: one,
      refusal: { at: unixMs(from), eventId: `${eventId}#${i + 1}`, reason },
    })),
  );

const entity = (kind: 'code' | 'source', id: string | undefined): readonly string[] =>
  id === undefined ? [] : [`${kind}/${id}`];
