import { Body, Controller, HttpCode, Param, Patch, Post, Res } from '@nestjs/common';
import { FromOperator, Needs, type OperatorCall, parseBody } from '@openclaw/platform';
import { type Answering, withEtag } from '../carry-out';
import { reasonBody, rotateBody, updateCodeBody } from '../issue-code/issue-code.dto';
import { ChangeCodeHandler } from './change-code.handler';

/** Changes of a living code: update, rotate, suspend, resume, reissue. */
@Controller('v1/codes/:codeId')
export class ChangeCodeController {
  constructor(private readonly handler: ChangeCodeHandler) {}

  @Patch()
  @Needs('code:change')
  async update(
    @Param('codeId') codeId: string,
    @Body() raw: unknown,
    @FromOperator() call: OperatorCall,
    @Res({ passthrough: true }) response: Answering,
  ) {
    return withEtag(response, await this.handler.update(call, codeId, parseBody(updateCodeBody, raw)));
  }

  @Post('rotate')
  @Needs('code:change')
  @HttpCode(200)
  async rotate(
    @Param('codeId') codeId: string,
    @Body() raw: unknown,
    @FromOperator() call: OperatorCall,
    @Res({ passthrough: true }) response: Answering,
  ) {
    return withEtag(response, await this.handler.rotate(call, codeId, parseBody(rotateBody, raw)));
  }

  @Post('reissue')
  @Needs('code:change')
  @HttpCode(200)
  async reissue(
    @Param('codeId') codeId: string,
    @Body() raw: unknown,
    @FromOperator() call: OperatorCall,
    @Res({ passthrough: true }) response: Answering,
  ) {
    return withEtag(response, await this.handler.reissue(call, codeId, parseBody(reasonBody, raw)));
  }

  @Post('suspend')
  @Needs('code:suspend')
  @HttpCode(200)
  async suspend(
    @Param('codeId') codeId: string,
    @Body() raw: unknown,
    @FromOperator() call: OperatorCall,
    @Res({ passthrough: true }) response: Answering,
  ) {
    return withEtag(response, await this.handler.suspend(call, codeId, parseBody(reasonBody, raw)));
  }

  @Post('resume')
  @Needs('code:suspend')
  @HttpCode(200)
  async resume(
    @Param('codeId') codeId: string,
    @Body() raw: unknown,
    @FromOperator() call: OperatorCall,
    @Res({ passthrough: true }) response: Answering,
  ) {
    return withEtag(response, await this.handler.resume(call, codeId, parseBody(reasonBody, raw)));
  }
}
