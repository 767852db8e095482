import { Controller, Get, Header, Inject, Param, Query } from '@nestjs/common';
import type { FreshLog } from '@openclaw/freshness';
import { Needs, ApiError, parseBody } from '@openclaw/platform';
import { z } from 'zod';
import { decodePage, encodePage } from '../page-token';
import { filter, hasNul, instant, pageOf, pageVariables } from '../paging';
import { FRESH_LOG, TRAIL_VIEW } from '../tokens';
import type { TrailEntry, TrailQuery, TrailView } from './trail.port';
import { changesOf, trailView } from './trail.view';

export const trailQuery = z.strictObject({
  entity: filter,
  actor: filter,
  type: filter,
  from: instant,
  until: instant,
  ...pageVariables,
});
export const historyQuery = z.strictObject(pageVariables);

/** `GET /v1/trail` and `GET /v1/codes/{id}/history`: who did what, when, from where and why. */
@Controller('v1')
export class ReadTrailController {
  constructor(
    @Inject(TRAIL_VIEW) private readonly trail: TrailView,
    @Inject(FRESH_LOG) private readonly fresh: FreshLog,
  ) {}

  @Get('trail')
  @Needs('audit:read')
  @Header('Cache-Control', 'no-store')
  async list(@Query() raw: unknown) {
    const { entity, after, page_size: size, ...same } = parseBody(trailQuery, raw);
    const { page, next_page_token } = await this.#page({ ...entityOf(entity), ...same }, after, size);
    return { entries: page.map((entry) => trailView(this.fresh.log.logId, entry)), next_page_token };
  }

  @Get('codes/:codeId/history')
  @Needs('audit:read')
  @Header('Cache-Control', 'no-store')
  async history(@Param('codeId') codeId: string, @Query() raw: unknown) {
    const { after, page_size: size } = parseBody(historyQuery, raw);
    if (hasNul(codeId)) throw new ApiError('openclaw.pairing-code.not-found');
    const { page, next_page_token } = await this.#page({ kind: 'pairing-code', entityId: codeId }, after, size);
    if (page.length === 0 && after === undefined) throw new ApiError('openclaw.pairing-code.not-found');
    const { logId } = this.fresh.log;
    const history = page.map((entry) => ({ ...trailView(logId, entry), changes: changesOf(entry.data) }));
    return { codeId, history, next_page_token };
  }

  async #page(query: TrailQuery, after: string | undefined, size: number) {
    const [position] = after === undefined ? [-1] : decodePage(query, after);
    const rows = await this.trail.list(query, Number(position), size + 1);
    return pageOf(rows, size, (last: TrailEntry) => encodePage(query, [last.position]));
  }
}

/** `pairing-code/<id>`, or only the id. */
const entityOf = (entity: string | undefined): Pick<TrailQuery, 'kind' | 'entityId'> => {
  if (entity === undefined) return {};
  const slash = entity.indexOf('/');
  return slash < 0 ? { entityId: entity } : { kind: entity.slice(0, slash), entityId: entity.slice(slash + 1) };
};
