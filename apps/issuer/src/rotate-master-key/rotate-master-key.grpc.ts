import { Controller } from '@nestjs/common';
import { GrpcMethod, Payload } from '@nestjs/microservices';
import type { issuerV1 } from '@openclaw/contracts';
import { FromOperator, Needs, type OperatorCall, parseBody } from '@openclaw/platform';
import { writtenMasterKey } from '../change-master-key/master-key.message';
import { textOf } from '../grpc/wire-values';
import { rotateMasterKeyBody } from '../register-master-key/register-master-key.dto';
import { RotateMasterKeyHandler } from './rotate-master-key.handler';

/** `RotateMasterKey`. */
@Controller()
export class RotateMasterKeyGrpc {
  constructor(private readonly handler: RotateMasterKeyHandler) {}

  @GrpcMethod('IssuerService', 'RotateMasterKey')
  @Needs('master-key:manage')
  async rotate(@Payload() request: issuerV1.RotateMasterKeyRequest, @FromOperator() call: OperatorCall) {
    const { masterKeyId, secret, secretRef, reason } = request;
    const value = { secret: textOf(secret), secretRef: textOf(secretRef) };
    const body = parseBody(rotateMasterKeyBody, { ...value, reason: textOf(reason) });
    return writtenMasterKey(await this.handler.rotate(call, masterKeyId, body));
  }
}
