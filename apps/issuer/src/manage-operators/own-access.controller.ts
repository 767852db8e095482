import { Body, Controller, Get, HttpCode, Post, Res } from '@nestjs/common';
import { FromOperator, Needs, type OperatorCall, parseBody } from '@openclaw/platform';
import { type Answering, withEtag } from '../carry-out';
import { ManageOperatorsHandler } from './manage-operators.handler';
import { rotateTokenBody } from './operator.dto';

/** What operators do about themselves, so that nobody has to go on with a token that an admin has seen. */
@Controller('v1/operators/me')
@Needs('self:rotate-token')
export class OwnAccessController {
  constructor(private readonly handler: ManageOperatorsHandler) {}

  @Get()
  async show(@FromOperator() { principal }: OperatorCall, @Res({ passthrough: true }) response: Answering) {
    return withEtag(response, await this.handler.show(principal.operatorId));
  }

  /** The token of this call is dead when it answers. A lost answer costs the access: an admin then gives a new token. */
  @Post('rotate-token')
  @HttpCode(200)
  async rotateToken(
    @Body() raw: unknown,
    @FromOperator() call: OperatorCall,
    @Res({ passthrough: true }) response: Answering,
  ) {
    const { operatorId } = call.principal;
    return withEtag(response, await this.handler.rotateToken(call, operatorId, parseBody(rotateTokenBody, raw)));
  }
}
