import { detectionFinding } from '@openclaw/contracts';
import { RESOLUTIONS } from '@openclaw/domain';
import { type ApiDescription, HEALTH_ROUTES } from '@openclaw/platform';
import { z } from 'zod';
import { listAlertsQuery } from './show-alerts/alerts.controller';

const handled = z.object({ by: z.string(), at: z.iso.datetime() });
const alertForm = z.intersection(
  detectionFinding,
  z.looseObject({
    handling: z.object({
      status: z.enum(['open', 'acknowledged', 'closed']),
      acknowledged: handled.nullable(),
      closed: handled.extend({ resolution: z.enum(RESOLUTIONS) }).nullable(),
    }),
  }),
);

/** What the OpenAPI document of the detector says beyond its controllers. */
export const anomalyApi: ApiDescription = {
  title: 'OpenClaw anomaly',
  description:
    'Alerts as OCSF Detection Findings, with what people have done about them. They are handled at the issuer.',
  bearer: 'token of an operator (ocop_...)',
  tags: { alerts: 'What the detector has found', health: 'For probes' },
  routes: {
    'GET /v1/alerts': {
      id: 'listAlerts',
      tag: 'alerts',
      summary: 'Findings, newest first',
      query: listAlertsQuery,
      answer: z.object({ alerts: z.array(alertForm), next_page_token: z.string().nullable() }),
    },
    'GET /v1/alerts/{uid}': { id: 'showAlert', tag: 'alerts', summary: 'One finding', answer: alertForm },
    ...HEALTH_ROUTES,
  },
  forms: { Alert: alertForm },
};
