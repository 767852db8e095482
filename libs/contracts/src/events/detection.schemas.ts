import { RESOLUTIONS } from '@openclaw/domain';
import { z } from 'zod';
import { happened } from './happened.schemas';
import { identifier, list, milliseconds, positive, text, unixMs } from './wire-values';

const enabled = z.boolean();
const RULES = ['repeated-refusals', 'request-rate', 'outside-use'] as const;
const settings = z.object({
  repeatedRefusals: z.object({ enabled, refusalsMin: positive, windowMs: milliseconds }).nullable(),
  requestRate: z.object({ enabled, requestsPerHourMax: positive }).nullable(),
  outsideUse: z.object({ enabled, quietMs: milliseconds }).nullable(),
  mutes: list(
    z.object({ entity: text, rule: z.enum(RULES).nullable().describe('Null: by whatever rule'), until: unixMs }),
  ),
});

export const detectionSettingsChanged = z
  .object({ ...happened, before: settings, after: settings })
  .describe('Detection was set otherwise; what is null is as the detector was configured');

const inAlert = { ...happened, alertUid: identifier.describe('Uid of the finding'), by: identifier };

export const alertAcknowledged = z.object(inAlert).describe('Somebody looks into an alert');
export const alertClosed = z
  .object({ ...inAlert, resolution: z.enum(RESOLUTIONS) })
  .describe('An alert is done with, for good');
