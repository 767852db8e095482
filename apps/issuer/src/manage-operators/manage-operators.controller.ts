import { Body, Controller, Header, HttpCode, Inject, Param, Post, Put, Req, Res } from '@nestjs/common';
import type { Operator } from '@openclaw/domain';
import type { FreshLog } from '@openclaw/freshness';
import {
  type AuthenticatedRequest, Needs, type TokenHash, commandContext, newToken, parseBody,
} from '@openclaw/platform'; // prettier-ignore
import { type Carried, etag, positionToken, revisionOf } from '../carry-out';
import { FRESH_LOG, OPERATOR_TOKEN_HASH } from '../tokens';
import { OperatorRegister } from './operator-register';
import { addOperatorBody, changeRolesBody, removeOperatorBody, rotateTokenBody } from './operator.dto';
import { operatorView } from './operator.view';

interface Answering {
  header(name: string, value: string): void;
  status(code: number): void;
}

/** Adds, changes and removes operators. A token is in the one answer that made it and nowhere else. */
@Controller('v1/operators')
@Needs('operator:manage')
export class ManageOperatorsController {
  constructor(
    @Inject(FRESH_LOG) private readonly fresh: FreshLog,
    @Inject(OperatorRegister) private readonly register: OperatorRegister,
    @Inject(OPERATOR_TOKEN_HASH) private readonly hashOf: TokenHash,
  ) {}

  @Post()
  @HttpCode(201)
  @Header('Cache-Control', 'no-store')
  async add(
    @Body() raw: unknown,
    @Req() request: AuthenticatedRequest,
    @Res({ passthrough: true }) response: Answering,
  ) {
    const { name, roles, reason } = parseBody(addOperatorBody, raw);
    const context = commandContext(request, { name, roles, reason }, reason);
    const operatorId = context.derivedId('operator');
    const token = newToken('operator');
    const tokenHash = this.hashOf(token);
    const { meta } = context;
    const carried = await this.register.add(context, { type: 'AddOperator', meta, operatorId, name, roles, tokenHash });
    response.header('Location', `/v1/operators/${operatorId}`);
    if (carried.outcome === 'unchanged') response.status(200);
    return this.#withToken(carried, token, response);
  }

  /** Sets all roles at once; in force before this answers here, and as soon as they have read it in other processes. */
  @Put(':operatorId/roles')
  async changeRoles(
    @Param('operatorId') operatorId: string,
    @Body() raw: unknown,
    @Req() request: AuthenticatedRequest,
    @Res({ passthrough: true }) response: Answering,
  ) {
    const { roles, reason } = parseBody(changeRolesBody, raw);
    const context = commandContext(request, { roles, reason }, reason);
    const expected = revisionOf(request.headers['if-match']);
    const command = { type: 'ChangeOperatorRoles', meta: context.meta, roles } as const;
    return this.#answer(await this.register.changeRoles(context, operatorId, command, expected), response);
  }

  /** The old token is dead when this answers. */
  @Post(':operatorId/rotate-token')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async rotateToken(
    @Param('operatorId') operatorId: string,
    @Body() raw: unknown,
    @Req() request: AuthenticatedRequest,
    @Res({ passthrough: true }) response: Answering,
  ) {
    const { reason } = parseBody(rotateTokenBody, raw);
    const context = commandContext(request, { reason }, reason);
    const token = newToken('operator');
    const command = { type: 'ReplaceOperatorToken', meta: context.meta, tokenHash: this.hashOf(token) } as const;
    return this.#withToken(await this.register.replaceToken(context, operatorId, command), token, response);
  }

  /** For good: the id never comes back. */
  @Post(':operatorId/remove')
  @HttpCode(200)
  async remove(
    @Param('operatorId') operatorId: string,
    @Body() raw: unknown,
    @Req() request: AuthenticatedRequest,
    @Res({ passthrough: true }) response: Answering,
  ) {
    const { reason } = parseBody(removeOperatorBody, raw);
    const context = commandContext(request, { reason }, reason);
    const command = { type: 'RemoveOperator', meta: context.meta } as const;
    return this.#answer(await this.register.remove(context, operatorId, command), response);
  }

  /** A retry after a lost answer meets a token that nobody has: it is not replayed. Rotate to get one. */
  #withToken(carried: Carried<Operator>, token: string, response: Answering) {
    return { token: carried.outcome === 'appended' ? token : null, ...this.#answer(carried, response) };
  }

  #answer(carried: Carried<Operator>, response: Answering) {
    response.header('ETag', etag(carried.revision));
    return {
      ...operatorView(carried.state, carried.revision),
      position: positionToken(this.fresh.log.logId, carried),
    };
  }
}
