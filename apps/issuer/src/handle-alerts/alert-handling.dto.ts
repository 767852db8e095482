import { RESOLUTIONS } from '@openclaw/domain';
import { z } from 'zod';
import { instantForm, positionForm, reasonField, revisionForm } from '../forms';

export const acknowledgeBody = z.strictObject({ reason: reasonField });
export const closeBody = z.strictObject({
  resolution: z.enum(RESOLUTIONS, { message: `use ${RESOLUTIONS.join(', ')}` }),
  reason: z.string().min(1, 'say what came of it').max(500),
});
export type AcknowledgeBody = z.output<typeof acknowledgeBody>;
export type CloseBody = z.output<typeof closeBody>;

const handled = z.strictObject({ by: z.string(), at: instantForm });

/** What people have done about an alert. */
export const alertHandlingForm = z.strictObject({
  alertUid: z.string(),
  status: z.enum(['open', 'acknowledged', 'closed']),
  acknowledged: handled.nullable(),
  closed: handled.extend({ resolution: z.enum(RESOLUTIONS) }).nullable(),
  revision: revisionForm,
  position: positionForm,
});
export type AlertHandlingView = z.output<typeof alertHandlingForm>;
