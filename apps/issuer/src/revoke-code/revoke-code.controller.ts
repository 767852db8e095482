import { Body, Controller, HttpCode, Param, Post, Query } from '@nestjs/common';
import { FromOperator, Needs, type OperatorCall, parseBody } from '@openclaw/platform';
import { revokeBody } from '../issue-code/issue-code.dto';
import { waitQuery } from './receipt.view';
import { RevokeCodeHandler } from './revoke-code.handler';

/** `POST /v1/codes/{id}/revoke`: ends a code, for good; `?wait=all` answers with a receipt of the validators. */
@Controller('v1/codes/:codeId/revoke')
export class RevokeCodeController {
  constructor(private readonly handler: RevokeCodeHandler) {}

  @Post()
  @Needs('code:revoke')
  @HttpCode(200)
  revoke(
    @Param('codeId') codeId: string,
    @Body() raw: unknown,
    @Query() query: unknown,
    @FromOperator() call: OperatorCall,
  ) {
    const asked = { ...parseBody(revokeBody, raw), ...parseBody(waitQuery, query) };
    return this.handler.revoke(call, codeId, asked);
  }
}
