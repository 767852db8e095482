import type { z } from 'zod';
import { Upcasters } from '../upcasters/upcaster';
import { detectionFinding } from './alert.schemas';
import { bodyCodec } from './body-codec';
import { event } from './body-form';

/** An OCSF 1.8.0 Detection Finding. */
export type DetectionFinding = z.infer<typeof detectionFinding>;

/** Everything on the alert topic. Stream `alert/<finding_info.uid>`: created, updated any number of times, closed. */
export interface AlertEvent {
  readonly type: 'DetectionFinding';
  readonly data: DetectionFinding;
}

export const alertCodec = bodyCodec<AlertEvent>(
  { DetectionFinding: event('openclaw.alert.detection-finding.v1', detectionFinding) },
  new Upcasters([]),
);
