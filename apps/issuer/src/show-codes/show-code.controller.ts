import { Controller, Get, Inject, Param, Res } from '@nestjs/common';
import type { PairingCode, PairingCodeEvent } from '@openclaw/domain';
import { AggregateRepository, Needs, ApiError } from '@openclaw/platform';
import { etag } from '../carry-out';
import { CODES } from '../tokens';
import { codeView } from './code.view';

/** `GET /v1/codes/{id}`: settings and state of one code, with the ETag that a change must match. */
@Controller('v1/codes/:codeId')
export class ShowCodeController {
  constructor(@Inject(CODES) private readonly codes: AggregateRepository<PairingCode, PairingCodeEvent>) {}

  @Get()
  @Needs('code:read')
  async show(
    @Param('codeId') codeId: string,
    @Res({ passthrough: true }) response: { header(name: string, value: string): void },
  ) {
    const { state, revision } = await this.codes.load(codeId);
    if (state.status === 'unissued') throw new ApiError('openclaw.pairing-code.not-found');
    response.header('ETag', etag(revision));
    return codeView(state, revision);
  }
}
