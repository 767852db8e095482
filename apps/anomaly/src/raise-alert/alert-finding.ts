import { createHash } from 'node:crypto';
import { type DetectionFinding, OCSF_VERSION } from '@openclaw/contracts';
import type { RefusalAlert } from '@openclaw/domain';

/** OCSF: 3 Medium; 1 Rule; 1 New; 1 Create. */
const MEDIUM = 3;
const RULE = 1;
const NEW = 1;
const EVIDENCE_MAX = 100;

/** Id of the incident: the same at every replay, because it is made of what completed it and nothing else. */
export const incidentId = ({ rule, entity, evidence }: RefusalAlert): string =>
  createHash('sha256')
    .update([rule, entity, ...evidence.map(({ eventId }) => eventId)].join('\n'))
    .digest('hex');

/** An alert as an OCSF Detection Finding (class 2004, created). Pure: no clock, so a replay gives the same bytes. */
export const alertFinding = (alert: RefusalAlert, uid: string): DetectionFinding => {
  const { entity, evidence, firstAt, lastAt } = alert;
  const [kind, id] = [entity.slice(0, entity.indexOf('/')), entity.slice(entity.indexOf('/') + 1)];
  const title =
    kind === 'code' ? 'A pairing code is refused again and again' : 'Pairing codes are tried from one address';
  return {
    activity_id: 1,
    category_uid: 2,
    class_uid: 2004,
    type_uid: 200_401,
    severity_id: MEDIUM,
    status_id: NEW,
    time: lastAt,
    start_time: firstAt,
    end_time: lastAt,
    count: evidence.length,
    is_alert: true,
    message: `${title}: ${evidence.length} refusals of ${entity}`,
    metadata: {
      version: OCSF_VERSION,
      product: { name: 'OpenClaw', vendor_name: 'OpenClaw' },
      correlation_uid: entity,
    },
    finding_info: {
      uid,
      title,
      first_seen_time: firstAt,
      last_seen_time: lastAt,
      analytic: { type_id: RULE, name: alert.rule },
      related_events_count: evidence.length,
    },
    resources: [{ uid: id, type: kind === 'code' ? 'pairing code' : 'source address' }],
    evidences: evidence
      .slice(0, EVIDENCE_MAX)
      .map(({ eventId, reason, at }) => ({ data: { eventId, reason, time: at } })),
  };
};
