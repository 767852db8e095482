import { Controller, Get, Header, Inject, Param, Query } from '@nestjs/common';
import type { DetectionFinding } from '@openclaw/contracts';
import type { AlertHandling, AlertHandlingEvent } from '@openclaw/domain';
import { ApiError, type FollowedAggregates, Needs, parseBody } from '@openclaw/platform';
import { z } from 'zod';
import { AlertLog } from '../raise-alert/alert-log';
import { alertView } from './alert.view';

export const HANDLING = Symbol('HANDLING');

const PAGE_SIZE_MAX = 500;
export const listAlertsQuery = z.strictObject({
  status: z.enum(['open', 'acknowledged', 'closed'], { message: 'use open, acknowledged or closed' }).optional(),
  rule: z.string().max(100).optional(),
  entity: z.string().max(300).optional(),
  /** The uid that a page ended with. */
  after: z.string().max(100).optional(),
  page_size: z.coerce.number().int().min(1).max(PAGE_SIZE_MAX).default(100),
});

/**
 * `GET /v1/alerts`, `GET /v1/alerts/{uid}`: findings of the alert topic, newest first, as OCSF, with what people have
 * done about them. Acknowledged and closed they are at the issuer, which alone writes what operators decide.
 */
@Controller('v1/alerts')
export class AlertsController {
  constructor(
    @Inject(AlertLog) private readonly alerts: AlertLog,
    @Inject(HANDLING) private readonly handling: FollowedAggregates<AlertHandling, AlertHandlingEvent>,
  ) {}

  @Get()
  @Needs('alert:read')
  @Header('Cache-Control', 'no-store')
  list(@Query() raw: unknown) {
    const { after, page_size: size, status, rule, entity } = parseBody(listAlertsQuery, raw);
    const all = this.alerts.findings().map((finding) => this.#view(finding));
    const start = after === undefined ? 0 : all.findIndex((one) => one.finding_info.uid === after) + 1;
    if (after !== undefined && start === 0) throw new ApiError('openclaw.request.page-token-invalid');
    const asked = all
      .slice(start)
      .filter(({ handling }) => status === undefined || handling.status === status)
      .filter(({ finding_info }) => rule === undefined || finding_info.analytic?.name === rule)
      .filter(({ metadata }) => entity === undefined || metadata.correlation_uid === entity);
    const page = asked.slice(0, size);
    return { alerts: page, next_page_token: asked.length > size ? (page.at(-1)?.finding_info.uid ?? null) : null };
  }

  @Get(':uid')
  @Needs('alert:read')
  @Header('Cache-Control', 'no-store')
  show(@Param('uid') uid: string) {
    const finding = this.alerts.finding(uid);
    if (finding === undefined) throw new ApiError('openclaw.alert.not-found');
    return this.#view(finding);
  }

  #view(finding: DetectionFinding) {
    return alertView(finding, this.handling.get(finding.finding_info.uid)?.state);
  }
}
