import { HOUR, type Milliseconds } from '../shared/time';
import type { OutsideUseAlert, OutsideUseRule } from './outside-use';
import type { RefusalAlert, RepeatedRefusalsRule } from './repeated-refusals';
import type { RequestRateAlert, RequestRateRule } from './request-rate';

/** Every rule with its settings, by its name in alerts. */
export interface DetectionRules {
  readonly 'repeated-refusals': RepeatedRefusalsRule;
  readonly 'request-rate': RequestRateRule;
  readonly 'outside-use': OutsideUseRule;
}

export type RuleName = keyof DetectionRules;
export type Alert = RefusalAlert | RequestRateAlert | OutsideUseAlert;

/** Two alerts of one rule and entity that are nearer than this belong to one incident. */
export const quietTime = (rules: DetectionRules, rule: RuleName): Milliseconds => {
  switch (rule) {
    case 'repeated-refusals':
      return rules[rule].windowMs;
    case 'outside-use':
      return rules[rule].quietMs;
    case 'request-rate':
      return HOUR;
  }
};

/** Ids of the usage events that completed an alert, oldest first: what its identity is made of. */
export const evidenceIds = (alert: Alert): readonly string[] =>
  alert.rule === 'request-rate' ? [alert.eventId] : alert.evidence.map(({ eventId }) => eventId);
