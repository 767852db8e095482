import { z } from 'zod';
import { identifier, text } from './wire-values';

/**
 * What security teams subscribe to: an OCSF 1.8.0 Detection Finding (class 2004) as the data of a CloudEvent. Only what
 * OCSF requires and what we promise is named here; every other OCSF attribute may be there, too. Times are epoch
 * milliseconds, as in OCSF. One open finding is updated (same `finding_info.uid`), not repeated.
 */
export const OCSF_VERSION = '1.8.0';
const CLASS_UID = 2004;

const epochMs = z.int().min(0);
const activity = (activityId: 1 | 2 | 3) => ({
  activity_id: z.literal(activityId),
  type_uid: z.literal(CLASS_UID * 100 + activityId),
});

const finding = {
  category_uid: z.literal(2),
  class_uid: z.literal(CLASS_UID),
  severity_id: z.union([z.int().min(0).max(6), z.literal(99)]).describe('1 Informational ... 6 Fatal, 99 Other'),
  status_id: z.int().min(0).max(99).optional().describe('1 New, 2 In Progress, 3 Suppressed, 4 Resolved'),
  time: epochMs,
  start_time: epochMs.optional(),
  end_time: epochMs.optional(),
  count: z.int().min(1).optional(),
  message: z.string().max(2048).optional(),
  is_alert: z.boolean().optional(),
  confidence_id: z.int().min(0).max(99).optional(),
  metadata: z.looseObject({
    version: identifier.describe('Version of OCSF'),
    product: z.looseObject({ name: identifier, vendor_name: identifier.optional(), version: text.optional() }),
    uid: identifier.optional(),
    correlation_uid: identifier.optional(),
  }),
  finding_info: z.looseObject({
    uid: identifier.describe('The same for every record about one incident'),
    title: text.optional(),
    desc: z.string().max(2048).optional(),
    first_seen_time: epochMs.optional(),
    last_seen_time: epochMs.optional(),
    analytic: z
      .looseObject({ type_id: z.int().min(0).max(99), name: text.optional(), uid: text.optional() })
      .optional(),
    related_events_count: z.int().min(0).optional(),
  }),
  resources: z
    .array(z.looseObject({ uid: identifier.optional(), type: text.optional() }))
    .max(256)
    .optional()
    .describe('What is in danger: the public id of the code, never the code'),
  evidences: z.array(z.looseObject({})).max(256).optional(),
};

export const detectionFinding = z
  .discriminatedUnion('activity_id', [
    z.looseObject({ ...activity(1), ...finding }),
    z.looseObject({ ...activity(2), ...finding }),
    z.looseObject({ ...activity(3), ...finding }),
  ])
  .describe('OCSF Detection Finding (2004): created, updated or closed');
