import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { FromOperator, Needs, type OperatorCall, parseBody } from '@openclaw/platform';
import { bulkRevokeBody } from './bulk-revoke.dto';
import { BulkRevokeHandler } from './bulk-revoke.handler';

/** `POST /v1/codes/bulk-revoke`: revokes every code that meets all selectors. */
@Controller('v1/codes/bulk-revoke')
export class BulkRevokeController {
  constructor(private readonly handler: BulkRevokeHandler) {}

  @Post()
  @Needs('code:revoke')
  @HttpCode(200)
  revoke(@Body() raw: unknown, @FromOperator() call: OperatorCall) {
    return this.handler.revoke(call, parseBody(bulkRevokeBody, raw));
  }
}
