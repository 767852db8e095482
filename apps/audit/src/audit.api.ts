import { type ApiDescription, HEALTH_ROUTES, tagged } from '@openclaw/platform';
import { z } from 'zod';
import { listProducersQuery } from './account-producers/list-producers.controller';
import { VERDICTS } from './account-producers/verdict';
import { MEDIA_TYPE, fileQuery, manifestQuery } from './export-evidence/export-evidence.controller';
import { groupsQuery, unusedQuery } from './group-usage/group-usage.controller';
import { historyQuery, trailQuery } from './read-trail/read-trail.controller';
import { listUsageQuery, summaryQuery } from './read-usage/read-usage.controller';
import { rebuildBody } from './rebuild/rebuild.controller';

const instant = z.iso.datetime();
const text = z.string().nullable();
const next_page_token = text.describe('`after` of the next page; null at the end');

const trailEntryForm = z.object({
  position: z.string(),
  at: instant,
  recordedAt: instant,
  entity: z.string().describe('kind/id'),
  actor: z.object({ id: z.string(), method: text }).nullable(),
  eventId: z.string(),
  revision: z.int(),
  type: z.string(),
  accepted: z.boolean().describe('false: it lost the race for its revision, and counts for nothing'),
  terminal: z.boolean(),
  sourceIp: text,
  reason: text,
  commandId: text,
  correlationId: text,
  traceparent: text,
  source: z.string(),
  data: z.unknown(),
});
const usageForm = z.object({
  time: instant,
  producer: z.string(),
  codeId: text,
  sourceIp: text,
  service: text,
  resource: text,
  action: text,
  outcome: text,
  reason: text,
  validator: text,
  place: z.object({ partition: z.int(), position: z.int() }),
});
const windowForm = z.object({ from: instant, to: instant }).nullable();
const producerForm = z.object({
  producer: z.string(),
  validator: z.string(),
  verdict: z.enum(VERDICTS),
  since: instant,
  lastRenewalAt: instant.nullable(),
  window: windowForm,
  partitions: z.array(z.object({ partition: z.int(), verdict: z.enum(VERDICTS), window: windowForm })),
});
const digest = z.object({ rows: z.int(), sha256: z.string() });
const counts = z.record(z.string(), z.int());

const trail = tagged('trail', {
  'GET /v1/trail': {
    id: 'readTrail',
    summary: 'Who did what, when, from where and why',
    query: trailQuery,
    answer: z.object({ entries: z.array(trailEntryForm), next_page_token }),
  },
  'GET /v1/codes/{codeId}/history': {
    id: 'readHistory',
    summary: 'The life of one code, with old and new values',
    query: historyQuery,
    answer: z.object({
      codeId: z.string(),
      history: z.array(trailEntryForm.extend({ changes: z.array(z.unknown()) })),
      next_page_token,
    }),
  },
});

const usage = tagged('usage', {
  'GET /v1/usage': {
    id: 'readUsage',
    summary: 'Every decision of every validator, in order of time',
    query: listUsageQuery,
    answer: z.object({ usage: z.array(usageForm), next_page_token }),
  },
  'GET /v1/usage/summary': {
    id: 'countUsage',
    summary: 'Counts by outcome, by reason and by hour',
    query: summaryQuery,
    answer: z.object({ byOutcome: counts, byReason: counts, byHour: z.array(z.looseObject({ hour: instant })) }),
  },
  'GET /v1/usage/groups': {
    id: 'groupUsage',
    summary: 'Counts by whatever is asked for',
    query: groupsQuery,
    answer: z.object({
      groups: z.array(z.looseObject({ count: z.int(), firstAt: instant, lastAt: instant })),
      next_page_token,
    }),
  },
  'GET /v1/usage/unused-codes': {
    id: 'listUnusedCodes',
    summary: 'Living codes that were never allowed anything',
    query: unusedQuery,
    answer: z.object({ codeIds: z.array(z.string()), next_page_token }),
  },
  'GET /v1/producers': {
    id: 'listProducers',
    summary: 'Every life of every validator, and whether all that it recorded is there',
    query: listProducersQuery,
    answer: z.object({ producers: z.array(producerForm), next_page_token }),
  },
});

const evidence = tagged('evidence', {
  'GET /v1/exports/{view}/manifest': {
    id: 'fixExport',
    summary: 'Fixes a range of trail or usage, and says what its file is',
    query: manifestQuery,
    answer: z.looseObject({
      view: z.string(),
      format: z.string(),
      until: z.string(),
      range: z.array(z.looseObject({ partition: z.int(), lastPosition: z.int() })),
      count: z.int(),
      bytes: z.int(),
      sha256: z.string(),
      file: z.string(),
    }),
  },
  'GET /v1/exports/{view}': {
    id: 'export',
    summary: 'The file of a fixed range, streamed',
    query: fileQuery,
    answer: Object.values(MEDIA_TYPE),
  },
});

const operation = tagged('operation', {
  'GET /v1/status': {
    id: 'showStatus',
    summary: 'How far each projection is, how far behind, and what is in quarantine',
    answer: z.object({
      projections: z.array(z.looseObject({ projection: z.string(), generation: z.int(), rebuilding: z.boolean() })),
    }),
  },
  'POST /v1/rebuild': {
    id: 'rebuild',
    summary: 'Builds a view from the log beside the one that serves, and compares the two',
    body: rebuildBody,
    answer: z.looseObject({ projection: z.string(), before: digest, rebuilt: digest, identical: z.boolean() }),
  },
});

/** What the OpenAPI document of the audit service says beyond its controllers. */
export const auditApi: ApiDescription = {
  title: 'OpenClaw audit',
  description: 'Reads what the log says: the trail, usage, and both as evidence. Changes nothing.',
  bearer: 'token of an operator (ocop_...)',
  tags: {
    trail: 'Who did what',
    usage: 'What codes were used for',
    evidence: 'Files that can be checked',
    operation: 'How far the views are',
    health: 'For probes',
  },
  routes: { ...trail, ...usage, ...evidence, ...operation, ...HEALTH_ROUTES },
  forms: { TrailEntry: trailEntryForm, Usage: usageForm, Producer: producerForm },
};
