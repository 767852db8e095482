import { Controller } from '@nestjs/common';
import { GrpcMethod, Payload } from '@nestjs/microservices';
import type { Outgoing, issuerV1 } from '@openclaw/contracts';
import { Needs, parseBody } from '@openclaw/platform';
import { secondsOf, textOf, wordOf } from '../grpc/wire-values';
import { ListCodesHandler } from '../list-codes/list-codes.handler';
import { listCodesQuery } from '../list-codes/list.dto';
import { CODE_STATES, codeMessage } from './code.message';
import { ShowCodeHandler } from './show-code.handler';

/** `GetCode`, `ListCodes`. */
@Controller()
export class ShowCodesGrpc {
  constructor(
    private readonly one: ShowCodeHandler,
    private readonly many: ListCodesHandler,
  ) {}

  @GrpcMethod('IssuerService', 'GetCode')
  @Needs('code:read')
  async show(@Payload() { codeId }: issuerV1.GetCodeRequest): Promise<Outgoing<issuerV1.GetCodeResponse>> {
    return { code: codeMessage(await this.one.show(codeId)) };
  }

  @GrpcMethod('IssuerService', 'ListCodes')
  @Needs('code:read')
  async list(@Payload() request: issuerV1.ListCodesRequest): Promise<Outgoing<issuerV1.ListCodesResponse>> {
    const { codes, ...rest } = await this.many.list(parseBody(listCodesQuery, queryOf(request)));
    return { codes: codes.map(codeMessage), ...rest };
  }
}

const queryOf = (request: issuerV1.ListCodesRequest) => {
  const { pageSize, pageToken, masterKeyId, state, owner, tag, expiringWithin, noExpiry, neverUsed } = request;
  return {
    pageSize: pageSize === 0 ? undefined : pageSize,
    pageToken: textOf(pageToken),
    status: wordOf(CODE_STATES, state, 'state'),
    owner: textOf(owner),
    tag: textOf(tag),
    masterKey: textOf(masterKeyId),
    expiringWithin: secondsOf(expiringWithin, 'expiring_within'),
    noExpiry: noExpiry?.toString(),
    neverUsed: neverUsed?.toString(),
  };
};
