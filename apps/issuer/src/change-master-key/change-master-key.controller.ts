import { Body, Controller, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { FromOperator, Needs, type OperatorCall, parseBody } from '@openclaw/platform';
import { type Answering, withEtag } from '../carry-out';
import { reasonBody } from '../issue-code/issue-code.dto';
import { waitQuery } from '../revoke-code/receipt.view';
import { ChangeMasterKeyHandler } from './change-master-key.handler';

/** Disable, enable and revoke a master key. */
@Controller('v1/master-keys/:masterKeyId')
export class ChangeMasterKeyController {
  constructor(private readonly handler: ChangeMasterKeyHandler) {}

  @Post('disable')
  @Needs('master-key:stop')
  @HttpCode(200)
  async disable(
    @Param('masterKeyId') id: string,
    @Body() raw: unknown,
    @FromOperator() call: OperatorCall,
    @Res({ passthrough: true }) response: Answering,
  ) {
    return withEtag(response, await this.handler.disable(call, id, parseBody(reasonBody, raw)));
  }

  @Post('enable')
  @Needs('master-key:manage')
  @HttpCode(200)
  async enable(
    @Param('masterKeyId') id: string,
    @Body() raw: unknown,
    @FromOperator() call: OperatorCall,
    @Res({ passthrough: true }) response: Answering,
  ) {
    return withEtag(response, await this.handler.enable(call, id, parseBody(reasonBody, raw)));
  }

  @Post('revoke')
  @Needs('master-key:stop')
  @HttpCode(200)
  revoke(
    @Param('masterKeyId') id: string,
    @Body() raw: unknown,
    @Query() query: unknown,
    @FromOperator() call: OperatorCall,
  ) {
    return this.handler.revoke(call, id, { ...parseBody(reasonBody, raw), ...parseBody(waitQuery, query) });
  }
}
