import type { AlertEvent } from '../src/events/alert.events';

const time = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

/** A finding that was opened by a rule and closed later. */
export const ALERT_EXAMPLES: readonly AlertEvent[] = ([1, 3] as const).map((activityId) => ({
  type: 'DetectionFinding',
  data: {
    activity_id: activityId,
    category_uid: 2,
    class_uid: 2004,
    type_uid: activityId === 1 ? 200401 : 200403,
    severity_id: 4,
    status_id: activityId === 1 ? 1 : 4,
    time,
    message: '5 refused uses in 60 s',
    is_alert: true,
    metadata: { version: '1.8.0', product: { name: 'OpenClaw', vendor_name: 'OpenClaw' }, correlation_uid: 'code-1' },
    finding_info: {
      uid: 'finding-1',
      title: 'Burst of refused uses',
      analytic: { type_id: 1, name: 'refused-burst' },
      first_seen_time: time - 60_000,
      last_seen_time: time,
      related_events_count: 5,
    },
    resources: [{ uid: 'code-1', type: 'Pairing Code' }],
    evidences: [{ src_endpoint: { ip: '203.0.113.7' }, api: { operation: 'invoke' } }],
  },
}));
