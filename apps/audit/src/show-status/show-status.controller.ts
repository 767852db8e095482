import { Controller, Get, Header, Inject } from '@nestjs/common';
import { Needs } from '@openclaw/platform';
import type { FollowedProjection } from '../follow-log/followed-projection';
import { PROJECTIONS } from '../tokens';
import { statusOf } from './status';

/** `GET /v1/status`: how far each projection is, how far behind, and what is in quarantine. */
@Controller('v1/status')
export class ShowStatusController {
  constructor(@Inject(PROJECTIONS) private readonly projections: readonly FollowedProjection[]) {}

  @Get()
  @Needs('audit:read')
  @Header('Cache-Control', 'no-store')
  async show() {
    return { projections: await Promise.all(this.projections.map(statusOf)) };
  }
}
