import type { UsageEvent } from '@openclaw/contracts';
import {
  type Alert, type DetectionRules, HOUR, NO_REFUSALS, NO_REQUESTS, type RefusalHistory, type RequestHistory,
  type UnixMs, foldOutsideUse, foldRefusal, foldRequests, quietTime,
} from '@openclaw/domain'; // prettier-ignore
import { Histories } from './histories';
import { type Observed, observedIn } from './observed';

/**
 * Watches the uses of all usage partitions, brought into the order of time: refusals by code and by source address
 * (whose attempts lie in the partitions of the codes that it tried), uses from outside an allow-list, and the rate of
 * requests by code. The same order gives the same alerts, byte for byte.
 */
export class Detector {
  readonly #refusals: Histories<RefusalHistory>;
  readonly #outside: Histories<RefusalHistory>;
  readonly #requests: Histories<RequestHistory>;

  constructor(private readonly rules: DetectionRules) {
    const lastRefusal = ({ refusals, alertedUntil }: RefusalHistory): number =>
      Math.max(refusals.at(-1)?.at ?? 0, alertedUntil ?? 0);
    this.#refusals = new Histories(NO_REFUSALS, quietTime(rules, 'repeated-refusals'), lastRefusal);
    this.#outside = new Histories(NO_REFUSALS, quietTime(rules, 'outside-use'), lastRefusal);
    this.#requests = new Histories(NO_REQUESTS, HOUR, ({ minutes, alertedUntil }) =>
      Math.max((minutes.at(-1)?.minute ?? 0) * 60_000, alertedUntil ?? 0),
    );
  }

  /** Folds one usage event; returns the alerts that it completes. */
  fold(eventId: string, event: UsageEvent): readonly Alert[] {
    return observedIn(eventId, event).flatMap((observed) => this.#judge(observed));
  }

  #judge({ entity, at, eventId, refused, count }: Observed): readonly Alert[] {
    const alerts: (Alert | undefined)[] = [];
    if (entity.startsWith('code/')) alerts.push(this.#foldRequests(entity, { at, eventId, count }));
    if (refused !== undefined) {
      const rule = this.rules['repeated-refusals'];
      for (let i = 1; i <= Math.min(count, rule.refusalsMin); i += 1) {
        const refusal = { at, eventId: count === 1 ? eventId : `${eventId}#${i}`, reason: refused };
        alerts.push(this.#refusals.fold(entity, at, (history) => foldRefusal(rule, entity, history, refusal)));
      }
      const refusal = { at, eventId, reason: refused };
      if (entity.startsWith('code/')) {
        const outside = this.rules['outside-use'];
        alerts.push(this.#outside.fold(entity, at, (history) => foldOutsideUse(outside, entity, history, refusal)));
      }
    }
    return alerts.filter((alert) => alert !== undefined);
  }

  #foldRequests(entity: string, requests: { at: UnixMs; eventId: string; count: number }): Alert | undefined {
    const rule = this.rules['request-rate'];
    return this.#requests.fold(entity, requests.at, (history) => foldRequests(rule, entity, history, requests));
  }
}
