import { type CommandMeta, type CommandRef, decideOnce, remember } from '../shared/command';
import type { Decided, Decider } from '../shared/decider';
import { rejection } from '../shared/rejection';
import { no, ok } from '../shared/result';
import { lineFault } from '../shared/text';
import { DAY } from '../shared/time';
import type { DetectionSettings, DetectionSettingsEvent } from './events';

export interface ChangeDetectionSettings {
  readonly type: 'ChangeDetectionSettings';
  readonly meta: CommandMeta;
  /** What is named changes; the rest stays. */
  readonly changes: Partial<DetectionSettings>;
}

export interface DetectionSettingsState {
  readonly settings: DetectionSettings;
  readonly commands: readonly CommandRef[];
}

export const NO_SETTINGS: DetectionSettings = {
  repeatedRefusals: null,
  requestRate: null,
  outsideUse: null,
  mutes: [],
};

/** Folds one event; total. */
export const evolveDetectionSettings = (
  state: DetectionSettingsState,
  event: DetectionSettingsEvent,
): DetectionSettingsState =>
  event.type === 'DetectionSettingsChanged'
    ? { settings: event.data.after, commands: remember(state.commands, event.data.command) }
    : state;

/** Decides a change; one that changes nothing is nothing. */
export const decideDetectionSettings = (
  { meta, changes }: ChangeDetectionSettings,
  { settings: before, commands }: DetectionSettingsState,
): Decided<DetectionSettingsEvent> =>
  decideOnce(commands, meta, () => {
    const after = { ...before, ...changes };
    for (const [field, value, min, max] of numbersOf(after)) {
      if (Number.isSafeInteger(value) && value >= min && value <= max) continue;
      return no(rejection('invalid-value', 'out of bounds', `give a whole number from ${min} to ${max}`, field));
    }
    const fault = muteFault(after);
    if (fault !== undefined) return no(rejection('invalid-value', fault, MUTE_REMEDY, 'mutes'));
    if (JSON.stringify(before) === JSON.stringify(after)) return ok(undefined);
    return ok({ type: 'DetectionSettingsChanged', data: { at: meta.now, command: meta.command, before, after } });
  });

/** The write side of the one stream `detection-settings/all`. */
export const detectionSettings: Decider<DetectionSettingsState, ChangeDetectionSettings, DetectionSettingsEvent> = {
  initialState: { settings: NO_SETTINGS, commands: [] },
  evolve: evolveDetectionSettings,
  decide: decideDetectionSettings,
};

const WINDOW_MIN_MS = 1000;
const REFUSALS_MAX = 200;
const REQUESTS_MAX = 1_000_000_000;
const MUTES_MAX = 100;
const ENTITY_MAX = 200;
const MUTE_REMEDY = `give at most ${MUTES_MAX}, each of code/<id> or source/<address>`;

const numbersOf = ({ repeatedRefusals, requestRate, outsideUse }: DetectionSettings) => [
  ...(repeatedRefusals === null
    ? []
    : ([
        ['repeatedRefusals.refusalsMin', repeatedRefusals.refusalsMin, 1, REFUSALS_MAX],
        ['repeatedRefusals.windowMs', repeatedRefusals.windowMs, WINDOW_MIN_MS, DAY],
      ] as const)),
  ...(requestRate === null
    ? []
    : ([['requestRate.requestsPerHourMax', requestRate.requestsPerHourMax, 1, REQUESTS_MAX]] as const)),
  ...(outsideUse === null ? [] : ([['outsideUse.quietMs', outsideUse.quietMs, WINDOW_MIN_MS, DAY]] as const)),
];

const muteFault = ({ mutes }: DetectionSettings): string | undefined => {
  if (mutes.length > MUTES_MAX) return `${mutes.length} mutes`;
  const bad = mutes.findIndex(
    ({ entity }) => !/^(code|source)\/./.test(entity) || lineFault(entity, ENTITY_MAX) !== undefined,
  );
  return bad < 0 ? undefined : `entry ${bad + 1} names no entity`;
};
