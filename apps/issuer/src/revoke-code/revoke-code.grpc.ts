import { Controller } from '@nestjs/common';
import { GrpcMethod, Payload } from '@nestjs/microservices';
import type { Outgoing, issuerV1 } from '@openclaw/contracts';
import { FromOperator, Needs, type OperatorCall, parseBody } from '@openclaw/platform';
import { textOf } from '../grpc/wire-values';
import { revokeBody } from '../issue-code/issue-code.dto';
import { codeMessage } from '../show-codes/code.message';
import { bulkRevokeBody } from './bulk-revoke.dto';
import { BulkRevokeHandler } from './bulk-revoke.handler';
import { receiptMessage, waitOf } from './receipt.message';
import { RevokeCodeHandler } from './revoke-code.handler';

const OUTCOMES = {
  revoked: 'BULK_REVOCATION_OUTCOME_REVOKED',
  'already-revoked': 'BULK_REVOCATION_OUTCOME_ALREADY_REVOKED',
  failed: 'BULK_REVOCATION_OUTCOME_FAILED',
} as const;

/** `RevokeCode`, `BulkRevokeCodes`. */
@Controller()
export class RevokeCodeGrpc {
  constructor(
    private readonly one: RevokeCodeHandler,
    private readonly many: BulkRevokeHandler,
  ) {}

  @GrpcMethod('IssuerService', 'RevokeCode')
  @Needs('code:revoke')
  async revoke(
    @Payload() { codeId, reason, wait }: issuerV1.RevokeCodeRequest,
    @FromOperator() call: OperatorCall,
  ): Promise<Outgoing<issuerV1.RevokeCodeResponse>> {
    const asked = { ...parseBody(revokeBody, { reason }), wait: waitOf(wait) };
    const revoked = await this.one.revoke(call, codeId, asked);
    const receipt = 'receipt' in revoked ? { receipt: receiptMessage(revoked.receipt) } : {};
    return { code: codeMessage(revoked), position: revoked.position, ...receipt };
  }

  @GrpcMethod('IssuerService', 'BulkRevokeCodes')
  @Needs('code:revoke')
  async bulkRevoke(
    @Payload() { owner, tag, masterKeyId, reason }: issuerV1.BulkRevokeCodesRequest,
    @FromOperator() call: OperatorCall,
  ): Promise<Outgoing<issuerV1.BulkRevokeCodesResponse>> {
    const selectors = { owner: textOf(owner), tag: textOf(tag), masterKey: textOf(masterKeyId) };
    const { results, notUnderstood } = await this.many.revoke(
      call,
      parseBody(bulkRevokeBody, { ...selectors, reason }),
    );
    return {
      results: results.map(({ codeId, outcome, error = '' }) => ({
        codeId,
        outcome: OUTCOMES[outcome],
        errorCode: error,
      })),
      notUnderstood,
    };
  }
}
