import { GRPC_DENIAL } from '@openclaw/contracts';
import { type ApiDescription, HEALTH_ROUTES } from '@openclaw/platform';
import { z } from 'zod';
import { validateBody } from './validate.controller';

const instant = z.iso.datetime();
const decisionForm = z.object({
  allowed: z.boolean(),
  reason: z.enum(GRPC_DENIAL).optional().describe('why not; strangers see fewer reasons than auditors'),
  position: z.string().describe('place on the log that the decision was made at'),
  freshnessAgeMs: z.number(),
  codeId: z.string().optional(),
  codeRevision: z.int().optional(),
  expiresAt: instant.optional(),
  retryAfterMs: z.number().optional(),
  remaining: z
    .object({
      uses: z.int().optional(),
      rate: z.int().optional(),
      rateResetsAt: instant.optional(),
      idleEndsAt: instant.optional(),
    })
    .optional(),
});

/** What the OpenAPI document of the validator says beyond its controllers. */
export const validatorApi: ApiDescription = {
  title: 'OpenClaw validator',
  description:
    'Judges uses of pairing codes from memory, for those without gRPC. A refused code is a successful answer; anything ' +
    'else than a 200 means that there is no decision, and the use must not be allowed.',
  bearer: 'token of a service (ocsv_...)',
  tags: { validate: 'May this use of a code be?', health: 'For probes' },
  routes: {
    'POST /v1/validate': {
      id: 'validate',
      tag: 'validate',
      summary: 'Judges one use of a code',
      body: validateBody,
      answer: z.object({ decision: decisionForm }),
    },
    ...HEALTH_ROUTES,
  },
  forms: { Decision: decisionForm },
};
