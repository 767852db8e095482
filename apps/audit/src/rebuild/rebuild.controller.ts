import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { Needs, ApiError, parseBody } from '@openclaw/platform';
import { z } from 'zod';
import type { FollowedProjection } from '../follow-log/followed-projection';
import { PROJECTIONS } from '../tokens';

export const rebuildBody = z.strictObject({ projection: z.string().max(40) });

/**
 * `POST /v1/rebuild {projection}`: builds the projection from the log beside the one that serves, answers with the
 * digests of both, and moves readers to the new one. Safe to repeat; administrators only.
 */
@Controller('v1/rebuild')
export class RebuildController {
  constructor(@Inject(PROJECTIONS) private readonly projections: readonly FollowedProjection[]) {}

  @Post()
  @Needs('audit:rebuild')
  @HttpCode(200)
  async rebuild(@Body() raw: unknown) {
    const { projection: name } = parseBody(rebuildBody, raw);
    const projection = this.projections.find((one) => one.name === name);
    if (projection !== undefined) return projection.rebuild();
    const names = this.projections.map((one) => one.name).join(' or ');
    const fault = { field: 'projection', problem: 'there is no such projection', remedy: `say ${names}` };
    throw new ApiError('openclaw.request.invalid', [fault]);
  }
}
