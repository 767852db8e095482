import { Body, Controller, Get, Header, HttpCode, Inject, Post, Req } from '@nestjs/common';
import type { FreshLog } from '@openclaw/freshness';
import {
  type AuthenticatedRequest, Needs, type TokenHash, commandContext, newToken, parseBody,
} from '@openclaw/platform'; // prettier-ignore
import { positionToken } from '../carry-out';
import { FRESH_LOG, OPERATOR_TOKEN_HASH } from '../tokens';
import { OperatorRegister } from './operator-register';
import { rotateTokenBody } from './operator.dto';
import { operatorView } from './operator.view';

/** What operators do about themselves, so that nobody has to go on with a token that an admin has seen. */
@Controller('v1/operators/me')
@Needs('self:rotate-token')
export class OwnAccessController {
  constructor(
    @Inject(FRESH_LOG) private readonly fresh: FreshLog,
    @Inject(OperatorRegister) private readonly register: OperatorRegister,
    @Inject(OPERATOR_TOKEN_HASH) private readonly hashOf: TokenHash,
  ) {}

  @Get()
  async show(@Req() { principal }: AuthenticatedRequest) {
    const { state, revision } = await this.register.load(principal.operatorId);
    return operatorView(state, revision);
  }

  /** The token of this call is dead when it answers. A lost answer costs the access: an admin then gives a new token. */
  @Post('rotate-token')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async rotateToken(@Body() raw: unknown, @Req() request: AuthenticatedRequest) {
    const { reason } = parseBody(rotateTokenBody, raw);
    const context = commandContext(request, { reason }, reason);
    const token = newToken('operator');
    const command = { type: 'ReplaceOperatorToken', meta: context.meta, tokenHash: this.hashOf(token) } as const;
    const carried = await this.register.replaceToken(context, request.principal.operatorId, command);
    const position = positionToken(this.fresh.log.logId, carried);
    const shown = carried.outcome === 'appended' ? token : null;
    return { token: shown, ...operatorView(carried.state, carried.revision), position };
  }
}
