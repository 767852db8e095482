import { Controller } from '@nestjs/common';
import { GrpcMethod, Payload } from '@nestjs/microservices';
import type { Outgoing, issuerV1 } from '@openclaw/contracts';
import { FromOperator, Needs, type OperatorCall, parseBody } from '@openclaw/platform';
import { codeMessage } from '../show-codes/code.message';
import { issueBodyOf } from './code-settings.message';
import { issueCodeBody } from './issue-code.dto';
import { type CodeWithSecret, IssueCodeHandler } from './issue-code.handler';

/** A code with its secret as a message; no secret where it is a retry. */
export const codeWithSecretMessage = (issued: CodeWithSecret): Outgoing<issuerV1.IssueCodeResponse> => ({
  code: codeMessage(issued),
  plainCode: issued.code ?? '',
  position: issued.position,
});

/** `IssueCode`: the plain code is in this one answer and nowhere else. */
@Controller()
export class IssueCodeGrpc {
  constructor(private readonly handler: IssueCodeHandler) {}

  @GrpcMethod('IssuerService', 'IssueCode')
  @Needs('code:issue')
  async issue(@Payload() request: issuerV1.IssueCodeRequest, @FromOperator() call: OperatorCall) {
    return codeWithSecretMessage(await this.handler.issue(call, parseBody(issueCodeBody, issueBodyOf(request))));
  }
}
