import type { UsageEvent } from '@openclaw/contracts';
import {
  type Alert, HOUR, NO_REFUSALS, NO_REQUESTS, type RefusalHistory, type RequestHistory, type RulesInForce,
  foldOutsideUse, foldRefusal, foldRequests, isMuted,
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

  constructor() {
    const lastRefusal = ({ refusals, alertedUntil }: RefusalHistory): number =>
      Math.max(refusals.at(-1)?.at ?? 0, alertedUntil ?? 0);
    this.#refusals = new Histories(NO_REFUSALS, lastRefusal);
    this.#outside = new Histories(NO_REFUSALS, lastRefusal);
    this.#requests = new Histories(NO_REQUESTS, ({ minutes, alertedUntil }) =>
      Math.max((minutes.at(-1)?.minute ?? 0) * 60_000, alertedUntil ?? 0),
    );
  }

  /** Folds one usage event by the rules in force; returns the alerts that it completes and nobody has muted. */
  fold(eventId: string, event: UsageEvent, force: RulesInForce): readonly Alert[] {
    const alerts = observedIn(eventId, event).flatMap((observed) => this.#judge(observed, force));
    return alerts.filter(({ rule, entity, lastAt }) => !isMuted(force, rule, entity, lastAt));
  }

  #judge(observed: Observed, force: RulesInForce): readonly Alert[] {
    const isCode = observed.entity.startsWith('code/');
    const alerts = [
      ...(isCode && force.enabled['request-rate'] ? [this.#foldRequests(observed, force)] : []),
      ...(force.enabled['repeated-refusals'] ? this.#foldRefusals(observed, force) : []),
      ...(isCode && force.enabled['outside-use'] ? [this.#foldOutside(observed, force)] : []),
    ];
    return alerts.filter((alert) => alert !== undefined);
  }

  #foldRequests({ entity, at, eventId, count }: Observed, { rules }: RulesInForce): Alert | undefined {
    const rule = rules['request-rate'];
    return this.#requests.fold(entity, { at, keptMs: HOUR }, (history) =>
      foldRequests(rule, entity, history, { at, eventId, count }),
    );
  }

  #foldRefusals({ entity, at, eventId, refused, count }: Observed, { rules }: RulesInForce): (Alert | undefined)[] {
    if (refused === undefined) return [];
    const rule = rules['repeated-refusals'];
    return Array.from({ length: Math.min(count, rule.refusalsMin) }, (_, i) => {
      const refusal = { at, eventId: count === 1 ? eventId : `${eventId}#${i + 1}`, reason: refused };
      return this.#refusals.fold(entity, { at, keptMs: rule.windowMs }, (history) =>
        foldRefusal(rule, entity, history, refusal),
      );
    });
  }

  #foldOutside({ entity, at, eventId, refused }: Observed, { rules }: RulesInForce): Alert | undefined {
    if (refused === undefined) return undefined;
    const rule = rules['outside-use'];
    return this.#outside.fold(entity, { at, keptMs: rule.quietMs }, (history) =>
      foldOutsideUse(rule, entity, history, { at, eventId, reason: refused }),
    );
  }
}
