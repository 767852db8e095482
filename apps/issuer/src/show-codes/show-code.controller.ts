import { Controller, Get, Param, Res } from '@nestjs/common';
import { Needs } from '@openclaw/platform';
import { type Answering, withEtag } from '../carry-out';
import { ShowCodeHandler } from './show-code.handler';

/** `GET /v1/codes/{id}`: settings and state of one code, with the ETag that a change must match. */
@Controller('v1/codes/:codeId')
export class ShowCodeController {
  constructor(private readonly handler: ShowCodeHandler) {}

  @Get()
  @Needs('code:read')
  async show(@Param('codeId') codeId: string, @Res({ passthrough: true }) response: Answering) {
    return withEtag(response, await this.handler.show(codeId));
  }
}
