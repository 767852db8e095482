import type { Milliseconds } from '../shared/time';
import { type Refusal, type RefusalAlert, type RefusalHistory, foldRefusal } from './repeated-refusals';

/** A use of a living code from an address outside its allow-list: the code has left its place. Once is enough. */
export interface OutsideUseRule {
  /** An incident ends after this long without another such use. */
  readonly quietMs: Milliseconds;
}

/** One alert per incident, made of the use that began it: the same at every replay, so the alert id is, too. */
export interface OutsideUseAlert extends Omit<RefusalAlert, 'rule'> {
  readonly rule: 'outside-use';
}

/** Folds one refusal of `entity`, of whatever reason; pure. Histories are apart from those of other rules. */
export const foldOutsideUse = (
  { quietMs }: OutsideUseRule,
  entity: string,
  history: RefusalHistory,
  refusal: Refusal,
): readonly [RefusalHistory, OutsideUseAlert | undefined] => {
  if (refusal.reason !== 'ip_denied') return [history, undefined];
  const [next, alert] = foldRefusal({ refusalsMin: 1, windowMs: quietMs }, entity, history, refusal);
  return [next, alert === undefined ? undefined : { ...alert, rule: 'outside-use' }];
};
