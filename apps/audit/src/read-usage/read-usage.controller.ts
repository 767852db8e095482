import { Controller, Get, Header, Inject, Query } from '@nestjs/common';
import { Needs, ApiError, parseBody } from '@openclaw/platform';
import { z } from 'zod';
import { decodePage, encodePage } from '../page-token';
import { filter, instant, pageOf, pageVariables } from '../paging';
import { USAGE_VIEW } from '../tokens';
import type { UsagePlace, UsageRecord, UsageView } from './usage.port';
import { usageSummary, usageView } from './usage.view';

const filters = {
  code: filter, outcome: filter, reason: filter, source_ip: filter, service: filter, validator: filter, producer: filter,
  from: instant, until: instant,
}; // prettier-ignore
export const listUsageQuery = z.strictObject({ ...filters, ...pageVariables });
export const summaryQuery = z.strictObject(filters);

/** `GET /v1/usage`, `GET /v1/usage/summary`: every decision of every validator, allow and deny. */
@Controller('v1/usage')
export class ReadUsageController {
  constructor(@Inject(USAGE_VIEW) private readonly usage: UsageView) {}

  @Get()
  @Needs('audit:read')
  @Header('Cache-Control', 'no-store')
  async list(@Query() raw: unknown) {
    const { code: codeId, source_ip: sourceIp, after, page_size: size, ...same } = parseBody(listUsageQuery, raw);
    const query = { codeId, sourceIp, ...same };
    const place = after === undefined ? undefined : placeOf(decodePage(query, after));
    const rows = await this.usage.list(query, place, size + 1);
    const { page, next_page_token } = pageOf(rows, size, ({ time, partition, position }: UsageRecord) =>
      encodePage(query, [time.getTime(), partition, position]),
    );
    return { usage: page.map(usageView), next_page_token };
  }

  @Get('summary')
  @Needs('audit:read')
  @Header('Cache-Control', 'no-store')
  async summary(@Query() raw: unknown) {
    const { code: codeId, source_ip: sourceIp, ...same } = parseBody(summaryQuery, raw);
    return usageSummary(await this.usage.counts({ codeId, sourceIp, ...same }));
  }
}

const placeOf = ([time, partition, position]: readonly (string | number)[]): UsagePlace => {
  const place = { time: new Date(Number(time)), partition: Number(partition), position: Number(position) };
  if (Number.isFinite(place.time.getTime() + place.partition + place.position)) return place;
  throw new ApiError('openclaw.request.page-token-invalid');
};
