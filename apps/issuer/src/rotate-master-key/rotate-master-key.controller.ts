import { Body, Controller, HttpCode, Param, Post, Res } from '@nestjs/common';
import { FromOperator, Needs, type OperatorCall, parseBody } from '@openclaw/platform';
import { type Answering, withEtag } from '../carry-out';
import { rotateMasterKeyBody } from '../register-master-key/register-master-key.dto';
import { RotateMasterKeyHandler } from './rotate-master-key.handler';

/** `POST /v1/master-keys/{id}/rotate`: another value for the key. */
@Controller('v1/master-keys/:masterKeyId')
export class RotateMasterKeyController {
  constructor(private readonly handler: RotateMasterKeyHandler) {}

  @Post('rotate')
  @Needs('master-key:manage')
  @HttpCode(200)
  async rotate(
    @Param('masterKeyId') id: string,
    @Body() raw: unknown,
    @FromOperator() call: OperatorCall,
    @Res({ passthrough: true }) response: Answering,
  ) {
    return withEtag(response, await this.handler.rotate(call, id, parseBody(rotateMasterKeyBody, raw)));
  }
}
