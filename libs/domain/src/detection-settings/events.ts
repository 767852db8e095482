import type { OutsideUseRule } from '../detection/outside-use';
import type { RepeatedRefusalsRule } from '../detection/repeated-refusals';
import type { RequestRateRule } from '../detection/request-rate';
import type { RuleName } from '../detection/rules';
import type { Happened } from '../shared/command';
import type { UnixMs } from '../shared/time';

/** What operators have decided about detection; null: as the detector was configured at its start. */
export interface DetectionSettings {
  readonly repeatedRefusals: (RepeatedRefusalsRule & RuleSwitch) | null;
  readonly requestRate: (RequestRateRule & RuleSwitch) | null;
  readonly outsideUse: (OutsideUseRule & RuleSwitch) | null;
  readonly mutes: readonly Mute[];
}

/** Whether a rule is applied at all. */
export interface RuleSwitch {
  readonly enabled: boolean;
}

/** No alerts about one entity for a while. */
export interface Mute {
  /** `code/<id>` or `source/<address>`. */
  readonly entity: string;
  /** Null: by whatever rule. */
  readonly rule: RuleName | null;
  readonly until: UnixMs;
}

export interface DetectionSettingsChanged {
  readonly type: 'DetectionSettingsChanged';
  readonly data: Happened & { readonly before: DetectionSettings; readonly after: DetectionSettings };
}

export type DetectionSettingsEvent = DetectionSettingsChanged;
