import { Body, Controller, HttpCode, Param, Post, Res } from '@nestjs/common';
import { FromOperator, Needs, type OperatorCall, parseBody } from '@openclaw/platform';
import { type Answering, withEtag } from '../carry-out';
import { acknowledgeBody, closeBody } from './alert-handling.dto';
import { HandleAlertsHandler } from './handle-alerts.handler';

/** What people do about an alert. The list, with what was done, is at the detector: `GET /v1/alerts`. */
@Controller('v1/alerts/:uid')
@Needs('alert:handle')
export class HandleAlertsController {
  constructor(private readonly handler: HandleAlertsHandler) {}

  @Post('acknowledge')
  @HttpCode(200)
  async acknowledge(
    @Param('uid') uid: string,
    @Body() raw: unknown,
    @FromOperator() call: OperatorCall,
    @Res({ passthrough: true }) response: Answering,
  ) {
    return withEtag(response, await this.handler.acknowledge(call, uid, parseBody(acknowledgeBody, raw)));
  }

  @Post('close')
  @HttpCode(200)
  async close(
    @Param('uid') uid: string,
    @Body() raw: unknown,
    @FromOperator() call: OperatorCall,
    @Res({ passthrough: true }) response: Answering,
  ) {
    return withEtag(response, await this.handler.close(call, uid, parseBody(closeBody, raw)));
  }
}
