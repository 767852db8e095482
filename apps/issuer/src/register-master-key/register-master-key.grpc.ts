import { Controller } from '@nestjs/common';
import { GrpcMethod, Payload } from '@nestjs/microservices';
import type { Outgoing, issuerV1 } from '@openclaw/contracts';
import { FromOperator, Needs, type OperatorCall, parseBody } from '@openclaw/platform';
import { MASTER_KEY_STATES, masterKeyMessage, writtenMasterKey } from '../change-master-key/master-key.message';
import { textOf, wordOf } from '../grpc/wire-values';
import { ListMasterKeysHandler } from '../list-codes/list-master-keys.handler';
import { listMasterKeysQuery } from '../list-codes/list.dto';
import { registerMasterKeyBody } from './register-master-key.dto';
import { RegisterMasterKeyHandler } from './register-master-key.handler';

/** `RegisterMasterKey`, `GetMasterKey`, `ListMasterKeys`. */
@Controller()
export class RegisterMasterKeyGrpc {
  constructor(
    private readonly handler: RegisterMasterKeyHandler,
    private readonly lister: ListMasterKeysHandler,
  ) {}

  @GrpcMethod('IssuerService', 'RegisterMasterKey')
  @Needs('master-key:manage')
  async register(@Payload() request: issuerV1.RegisterMasterKeyRequest, @FromOperator() call: OperatorCall) {
    const { label, provider, secret, secretRef, reason } = request;
    const value = { secret: textOf(secret), secretRef: textOf(secretRef) };
    const body = parseBody(registerMasterKeyBody, { label, provider, ...value, reason: textOf(reason) });
    return writtenMasterKey(await this.handler.register(call, body));
  }

  @GrpcMethod('IssuerService', 'GetMasterKey')
  @Needs('master-key:read')
  async show(
    @Payload() { masterKeyId }: issuerV1.GetMasterKeyRequest,
  ): Promise<Outgoing<issuerV1.GetMasterKeyResponse>> {
    return { masterKey: masterKeyMessage(await this.handler.show(masterKeyId)) };
  }

  @GrpcMethod('IssuerService', 'ListMasterKeys')
  @Needs('master-key:read')
  async list(
    @Payload() { pageSize, pageToken, state }: issuerV1.ListMasterKeysRequest,
  ): Promise<Outgoing<issuerV1.ListMasterKeysResponse>> {
    const query = {
      pageSize: pageSize === 0 ? undefined : pageSize,
      pageToken: textOf(pageToken),
      status: wordOf(MASTER_KEY_STATES, state, 'state'),
    };
    const { masterKeys, ...rest } = await this.lister.list(parseBody(listMasterKeysQuery, query));
    return { masterKeys: masterKeys.map(masterKeyMessage), ...rest };
  }
}
