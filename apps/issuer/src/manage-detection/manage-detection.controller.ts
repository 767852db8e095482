import { Body, Controller, Get, Patch, Res } from '@nestjs/common';
import { FromOperator, Needs, type OperatorCall, parseBody } from '@openclaw/platform';
import { type Answering, withEtag } from '../carry-out';
import { changeDetectionBody } from './detection-settings.dto';
import { ManageDetectionHandler } from './manage-detection.handler';

/** `GET` and `PATCH /v1/detection`: thresholds, switches and mutes. */
@Controller('v1/detection')
export class ManageDetectionController {
  constructor(private readonly handler: ManageDetectionHandler) {}

  @Get()
  @Needs('detection:read')
  async show(@Res({ passthrough: true }) response: Answering) {
    return withEtag(response, await this.handler.show());
  }

  @Patch()
  @Needs('detection:manage')
  async change(
    @Body() raw: unknown,
    @FromOperator() call: OperatorCall,
    @Res({ passthrough: true }) response: Answering,
  ) {
    return withEtag(response, await this.handler.change(call, parseBody(changeDetectionBody, raw)));
  }
}
