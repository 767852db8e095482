import { Controller } from '@nestjs/common';
import { GrpcMethod, Payload } from '@nestjs/microservices';
import type { Outgoing, issuerV1 } from '@openclaw/contracts';
import { FromOperator, Needs, type OperatorCall, parseBody } from '@openclaw/platform';
import { textOf } from '../grpc/wire-values';
import { type ReasonBody, reasonBody } from '../issue-code/issue-code.dto';
import { receiptMessage, waitOf } from '../revoke-code/receipt.message';
import { ChangeMasterKeyHandler } from './change-master-key.handler';
import { writtenMasterKey } from './master-key.message';

const bodyOf = (reason: string): ReasonBody => parseBody(reasonBody, { reason: textOf(reason) });

/** `DisableMasterKey`, `EnableMasterKey`, `RevokeMasterKey`. */
@Controller()
export class ChangeMasterKeyGrpc {
  constructor(private readonly handler: ChangeMasterKeyHandler) {}

  @GrpcMethod('IssuerService', 'DisableMasterKey')
  @Needs('master-key:stop')
  async disable(
    @Payload() { masterKeyId, reason }: issuerV1.DisableMasterKeyRequest,
    @FromOperator() call: OperatorCall,
  ) {
    return writtenMasterKey(await this.handler.disable(call, masterKeyId, bodyOf(reason)));
  }

  @GrpcMethod('IssuerService', 'EnableMasterKey')
  @Needs('master-key:manage')
  async enable(
    @Payload() { masterKeyId, reason }: issuerV1.EnableMasterKeyRequest,
    @FromOperator() call: OperatorCall,
  ) {
    return writtenMasterKey(await this.handler.enable(call, masterKeyId, bodyOf(reason)));
  }

  @GrpcMethod('IssuerService', 'RevokeMasterKey')
  @Needs('master-key:stop')
  async revoke(
    @Payload() { masterKeyId, reason, wait }: issuerV1.RevokeMasterKeyRequest,
    @FromOperator() call: OperatorCall,
  ): Promise<Outgoing<issuerV1.RevokeMasterKeyResponse>> {
    const revoked = await this.handler.revoke(call, masterKeyId, { ...bodyOf(reason), wait: waitOf(wait) });
    const receipt = 'receipt' in revoked ? { receipt: receiptMessage(revoked.receipt) } : {};
    return { ...writtenMasterKey(revoked), ...receipt };
  }
}
