import { createHash } from 'node:crypto';
import { type DetectionFinding, OCSF_VERSION } from '@openclaw/contracts';
import { type Alert, evidenceIds } from '@openclaw/domain';

/** OCSF severities: 3 Medium, 4 High. A code that is used elsewhere is in wrong hands; the others may be a mistake. */
const SEVERITY: Readonly<Record<Alert['rule'], number>> = {
  'repeated-refusals': 3,
  'request-rate': 3,
  'outside-use': 4,
};
/** OCSF: analytic of type 1 Rule; status 1 New. */
const RULE = 1;
const NEW = 1;
const EVIDENCE_MAX = 100;

/** Id of the incident: the same at every replay, because it is made of what completed it and nothing else. */
export const incidentId = (alert: Alert): string =>
  createHash('sha256')
    .update([alert.rule, alert.entity, ...evidenceIds(alert)].join('\n'))
    .digest('hex');

/** An alert as an OCSF Detection Finding (class 2004, created). Pure: no clock, so a replay gives the same bytes. */
export const alertFinding = (alert: Alert, uid: string): DetectionFinding => {
  const { entity, firstAt, lastAt, rule } = alert;
  const [kind, id] = [entity.slice(0, entity.indexOf('/')), entity.slice(entity.indexOf('/') + 1)];
  const title = titleOf(alert, kind);
  const count = alert.rule === 'request-rate' ? alert.requests : alert.evidence.length;
  return {
    activity_id: 1,
    category_uid: 2,
    class_uid: 2004,
    type_uid: 200_401,
    severity_id: SEVERITY[rule],
    status_id: NEW,
    time: lastAt,
    start_time: firstAt,
    end_time: lastAt,
    count,
    is_alert: true,
    message: `${title}: ${count} ${alert.rule === 'request-rate' ? 'requests with' : 'refusals of'} ${entity}`,
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
      analytic: { type_id: RULE, name: rule },
      related_events_count: count,
    },
    resources: [{ uid: id, type: kind === 'code' ? 'pairing code' : 'source address' }],
    evidences: evidenceOf(alert),
  };
};

const titleOf = ({ rule }: Alert, kind: string): string => {
  if (rule === 'request-rate') return 'A pairing code is used more often than expected';
  if (rule === 'outside-use') return 'A pairing code is used from outside its allow-list';
  return kind === 'code' ? 'A pairing code is refused again and again' : 'Pairing codes are tried from one address';
};

const evidenceOf = (alert: Alert): NonNullable<DetectionFinding['evidences']> =>
  alert.rule === 'request-rate'
    ? [{ data: { eventId: alert.eventId, time: alert.lastAt, requestsInTheHourBefore: alert.requests } }]
    : alert.evidence.slice(0, EVIDENCE_MAX).map(({ eventId, reason, at }) => ({ data: { eventId, reason, time: at } }));
