import { Body, Controller, HttpCode, Post, Res } from '@nestjs/common';
import { FromOperator, Needs, type OperatorCall, parseBody } from '@openclaw/platform';
import { type Answering, withEtag } from '../carry-out';
import { issueCodeBody } from './issue-code.dto';
import { IssueCodeHandler } from './issue-code.handler';

/** `POST /v1/codes`: issues a code. The plain code is in this one answer and nowhere else. */
@Controller('v1/codes')
export class IssueCodeController {
  constructor(private readonly handler: IssueCodeHandler) {}

  @Post()
  @Needs('code:issue')
  @HttpCode(201)
  async issue(
    @Body() raw: unknown,
    @FromOperator() call: OperatorCall,
    @Res({ passthrough: true }) response: Answering,
  ) {
    const issued = withEtag(response, await this.handler.issue(call, parseBody(issueCodeBody, raw)));
    response.header('Location', `/v1/codes/${issued.codeId}`);
    if (issued.code !== null) return issued;
    response.status(200);
    return { ...issued, secretAvailable: false, rotate: `/v1/codes/${issued.codeId}/rotate` };
  }
}
