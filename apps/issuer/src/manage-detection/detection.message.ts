import type { Outgoing, issuerV1 } from '@openclaw/contracts';
import { durationOf, instantOf, invalid, secondsOf, textOf, timestampOf, wordOf } from '../grpc/wire-values';
import type { DetectionView } from './detection-settings.dto';

const RULES = {
  'repeated-refusals': 'DETECTION_RULE_REPEATED_REFUSALS',
  'request-rate': 'DETECTION_RULE_REQUEST_RATE',
  'outside-use': 'DETECTION_RULE_OUTSIDE_USE',
} as const;

/** Settings as a message; a rule that is as the detector is configured is absent. */
export const detectionMessage = (view: DetectionView): Outgoing<issuerV1.DetectionSettings> => ({
  repeatedRefusals: view.repeatedRefusals
    ? {
        enabled: view.repeatedRefusals.enabled,
        refusalsMin: view.repeatedRefusals.refusalsMin,
        window: durationOf(view.repeatedRefusals.windowSeconds),
      }
    : undefined,
  requestRate: view.requestRate ?? undefined,
  outsideUse: view.outsideUse
    ? { enabled: view.outsideUse.enabled, quiet: durationOf(view.outsideUse.quietSeconds) }
    : undefined,
  mutes: view.mutes.map(({ entity, rule, until }) => ({
    entity,
    rule: rule === null ? 'DETECTION_RULE_UNSPECIFIED' : RULES[rule],
    until: timestampOf(until),
  })),
});

/** Each path of the mask with the member of the body that it stands for, and how that is read from the message. */
const MEMBERS: Readonly<Record<string, (settings: issuerV1.DetectionSettings) => object>> = {
  repeated_refusals: ({ repeatedRefusals: rule }) => ({
    repeatedRefusals: rule && {
      enabled: rule.enabled,
      refusalsMin: rule.refusalsMin,
      windowSeconds: secondsOf(rule.window, 'settings.repeated_refusals.window'),
    },
  }),
  request_rate: ({ requestRate: rule }) => ({
    requestRate: rule && { enabled: rule.enabled, requestsPerHourMax: rule.requestsPerHourMax },
  }),
  outside_use: ({ outsideUse: rule }) => ({
    outsideUse: rule && { enabled: rule.enabled, quietSeconds: secondsOf(rule.quiet, 'settings.outside_use.quiet') },
  }),
  mutes: ({ mutes }) => ({
    mutes: mutes.map(({ entity, rule, until }) => ({
      entity,
      rule: wordOf(RULES, rule, 'settings.mutes.rule') ?? null,
      until: instantOf(until, 'settings.mutes.until'),
    })),
  }),
};

/** Only what the mask names. */
export const changeBodyOf = ({ updateMask, settings, reason }: issuerV1.ChangeDetectionSettingsRequest): object => {
  if (settings === null) throw invalid('settings', 'missing', 'say what to change');
  const paths = updateMask?.paths ?? [];
  const known = Object.keys(MEMBERS).join(', ');
  if (paths.length === 0) throw invalid('update_mask', 'empty', `name what to change: ${known}`);
  const changes = paths.map((path) => {
    const read = Object.hasOwn(MEMBERS, path) ? MEMBERS[path] : undefined;
    if (read === undefined) throw invalid('update_mask', `no such setting: ${path}`, `use ${known}`);
    return read(settings);
  });
  return changes.reduce((body, change) => ({ ...body, ...change }), { reason: textOf(reason) });
};
