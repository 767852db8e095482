import type { DetectionRules, RuleName } from '../detection/rules';
import type { UnixMs } from '../shared/time';
import type { DetectionSettings, Mute } from './events';

/** By what uses are judged at some place of the log. */
export interface RulesInForce {
  readonly rules: DetectionRules;
  readonly enabled: Readonly<Record<RuleName, boolean>>;
  readonly mutes: readonly Mute[];
}

/** What operators have decided, and where they have not, what the detector was configured with. */
export const rulesInForce = (
  configured: DetectionRules,
  { repeatedRefusals, requestRate, outsideUse, mutes }: DetectionSettings,
): RulesInForce => ({
  rules: {
    'repeated-refusals': repeatedRefusals ?? configured['repeated-refusals'],
    'request-rate': requestRate ?? configured['request-rate'],
    'outside-use': outsideUse ?? configured['outside-use'],
  },
  enabled: {
    'repeated-refusals': repeatedRefusals?.enabled ?? true,
    'request-rate': requestRate?.enabled ?? true,
    'outside-use': outsideUse?.enabled ?? true,
  },
  mutes,
});

/** Whether nobody wants to hear of this entity by this rule at that time. */
export const isMuted = ({ mutes }: RulesInForce, rule: RuleName, entity: string, at: UnixMs): boolean =>
  mutes.some((mute) => mute.entity === entity && (mute.rule ?? rule) === rule && at < mute.until);
