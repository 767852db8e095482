import { Body, Controller, Get, HttpCode, Param, Post, Res } from '@nestjs/common';
import { FromOperator, Needs, type OperatorCall, parseBody } from '@openclaw/platform';
import { type Answering, withEtag } from '../carry-out';
import { registerMasterKeyBody } from './register-master-key.dto';
import { RegisterMasterKeyHandler } from './register-master-key.handler';

/** `POST /v1/master-keys` and `GET /v1/master-keys/{id}`: the value comes in and is never shown again. */
@Controller('v1/master-keys')
export class RegisterMasterKeyController {
  constructor(private readonly handler: RegisterMasterKeyHandler) {}

  @Post()
  @Needs('master-key:manage')
  @HttpCode(201)
  async register(
    @Body() raw: unknown,
    @FromOperator() call: OperatorCall,
    @Res({ passthrough: true }) response: Answering,
  ) {
    const registered = await this.handler.register(call, parseBody(registerMasterKeyBody, raw));
    response.header('Location', `/v1/master-keys/${registered.masterKeyId}`);
    return withEtag(response, registered);
  }

  @Get(':masterKeyId')
  @Needs('master-key:read')
  async show(@Param('masterKeyId') masterKeyId: string, @Res({ passthrough: true }) response: Answering) {
    return withEtag(response, await this.handler.show(masterKeyId));
  }
}
