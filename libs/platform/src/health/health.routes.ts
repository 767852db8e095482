import { z } from 'zod';
import type { RouteTable } from '../openapi/route-table';

const ready = z.object({ status: z.enum(['ready', 'not ready']), missing: z.record(z.string(), z.string()) });

/** The routes of `HealthController`, for the OpenAPI document of every service. */
export const HEALTH_ROUTES: RouteTable = {
  'GET /health/live': {
    id: 'checkLiveness',
    tag: 'health',
    summary: 'The process answers',
    answer: z.object({ status: z.literal('live') }),
  },
  'GET /health/ready': {
    id: 'checkReadiness',
    tag: 'health',
    summary: 'The service can do its work now; 503 names what is missing',
    answer: ready,
    others: { 503: ready },
  },
};
