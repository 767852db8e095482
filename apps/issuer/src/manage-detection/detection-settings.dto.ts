import { type DetectionSettings, milliseconds, unixMs } from '@openclaw/domain';
import { z } from 'zod';
import { instantForm, positionForm, reasonField, revisionForm } from '../forms';

const enabled = z.boolean().default(true);
const whole = z.number().int();
const instant = z.iso.datetime({ offset: true, message: 'give an RFC 3339 instant such as 2027-01-01T00:00:00Z' });
const RULES = ['repeated-refusals', 'request-rate', 'outside-use'] as const;

/** Body of `PATCH /v1/detection`: what is named changes; null = as the detector is configured. */
export const changeDetectionBody = z.strictObject({
  repeatedRefusals: z.strictObject({ enabled, refusalsMin: whole, windowSeconds: whole }).nullable().optional(),
  requestRate: z.strictObject({ enabled, requestsPerHourMax: whole }).nullable().optional(),
  outsideUse: z.strictObject({ enabled, quietSeconds: whole }).nullable().optional(),
  mutes: z
    .array(z.strictObject({ entity: z.string(), rule: z.enum(RULES).nullable().default(null), until: instant }))
    .optional(),
  reason: reasonField,
});
export type ChangeDetectionBody = z.output<typeof changeDetectionBody>;

type Body = Omit<ChangeDetectionBody, 'reason'>;

export const detectionChanges = ({ repeatedRefusals, requestRate, outsideUse, mutes }: Body) => {
  const changes: { -readonly [Name in keyof DetectionSettings]?: DetectionSettings[Name] } = {};
  if (repeatedRefusals !== undefined) changes.repeatedRefusals = repeatedRefusals && withWindow(repeatedRefusals);
  if (requestRate !== undefined) changes.requestRate = requestRate;
  if (outsideUse !== undefined) changes.outsideUse = outsideUse && withQuiet(outsideUse);
  if (mutes !== undefined) changes.mutes = mutes.map((mute) => ({ ...mute, until: unixMs(Date.parse(mute.until)) }));
  return changes;
};

const withWindow = ({ windowSeconds, ...rest }: NonNullable<Body['repeatedRefusals']>) => ({
  ...rest,
  windowMs: milliseconds(windowSeconds * 1000),
});
const withQuiet = ({ quietSeconds, ...rest }: NonNullable<Body['outsideUse']>) => ({
  ...rest,
  quietMs: milliseconds(quietSeconds * 1000),
});

/** Settings as operators see and write them. */
export const detectionForm = z.strictObject({
  repeatedRefusals: z
    .strictObject({ enabled: z.boolean(), refusalsMin: z.int(), windowSeconds: z.number() })
    .nullable()
    .describe('null = as the detector is configured'),
  requestRate: z.strictObject({ enabled: z.boolean(), requestsPerHourMax: z.int() }).nullable(),
  outsideUse: z.strictObject({ enabled: z.boolean(), quietSeconds: z.number() }).nullable(),
  mutes: z.array(z.strictObject({ entity: z.string(), rule: z.enum(RULES).nullable(), until: instantForm })),
  revision: revisionForm,
});
export type DetectionView = z.output<typeof detectionForm>;
export const writtenDetectionForm = detectionForm.extend({ position: positionForm });

export const detectionView = (settings: DetectionSettings): Omit<DetectionView, 'revision'> => {
  const { repeatedRefusals, requestRate, outsideUse, mutes } = settings;
  return {
    repeatedRefusals: repeatedRefusals && {
      enabled: repeatedRefusals.enabled,
      refusalsMin: repeatedRefusals.refusalsMin,
      windowSeconds: repeatedRefusals.windowMs / 1000,
    },
    requestRate,
    outsideUse: outsideUse && { enabled: outsideUse.enabled, quietSeconds: outsideUse.quietMs / 1000 },
    mutes: mutes.map((mute) => ({ ...mute, until: new Date(mute.until).toISOString() })),
  };
};
