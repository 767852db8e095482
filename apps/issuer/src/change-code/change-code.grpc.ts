import { Controller } from '@nestjs/common';
import { GrpcMethod, Payload } from '@nestjs/microservices';
import type { Outgoing, issuerV1 } from '@openclaw/contracts';
import { FromOperator, Needs, type OperatorCall, parseBody } from '@openclaw/platform';
import { secondsOf, textOf } from '../grpc/wire-values';
import { updateBodyOf } from '../issue-code/code-settings.message';
import { reasonBody, rotateBody, updateCodeBody } from '../issue-code/issue-code.dto';
import { codeWithSecretMessage } from '../issue-code/issue-code.grpc';
import { codeMessage } from '../show-codes/code.message';
import type { CodeView } from '../show-codes/code.view';
import { ChangeCodeHandler } from './change-code.handler';

const changed = (code: CodeView & { readonly position: string }): Outgoing<issuerV1.UpdateCodeResponse> => ({
  code: codeMessage(code),
  position: code.position,
});

/** `UpdateCode`, `RotateCode`, `SuspendCode`, `ResumeCode`, `ReissueCode`. */
@Controller()
export class ChangeCodeGrpc {
  constructor(private readonly handler: ChangeCodeHandler) {}

  @GrpcMethod('IssuerService', 'UpdateCode')
  @Needs('code:change')
  async update(@Payload() request: issuerV1.UpdateCodeRequest, @FromOperator() call: OperatorCall) {
    const body = parseBody(updateCodeBody, updateBodyOf(request));
    return changed(await this.handler.update(call, request.codeId, body));
  }

  @GrpcMethod('IssuerService', 'RotateCode')
  @Needs('code:change')
  async rotate(@Payload() request: issuerV1.RotateCodeRequest, @FromOperator() call: OperatorCall) {
    const { codeId, grace, reason } = request;
    const body = parseBody(rotateBody, { graceSeconds: secondsOf(grace, 'grace'), reason: textOf(reason) });
    return codeWithSecretMessage(await this.handler.rotate(call, codeId, body));
  }

  @GrpcMethod('IssuerService', 'SuspendCode')
  @Needs('code:suspend')
  async suspend(@Payload() { codeId, reason }: issuerV1.SuspendCodeRequest, @FromOperator() call: OperatorCall) {
    return changed(await this.handler.suspend(call, codeId, parseBody(reasonBody, { reason: textOf(reason) })));
  }

  @GrpcMethod('IssuerService', 'ResumeCode')
  @Needs('code:suspend')
  async resume(@Payload() { codeId, reason }: issuerV1.ResumeCodeRequest, @FromOperator() call: OperatorCall) {
    return changed(await this.handler.resume(call, codeId, parseBody(reasonBody, { reason: textOf(reason) })));
  }

  @GrpcMethod('IssuerService', 'ReissueCode')
  @Needs('code:change')
  async reissue(@Payload() { codeId, reason }: issuerV1.ReissueCodeRequest, @FromOperator() call: OperatorCall) {
    const body = parseBody(reasonBody, { reason: textOf(reason) });
    return codeWithSecretMessage(await this.handler.reissue(call, codeId, body));
  }
}
