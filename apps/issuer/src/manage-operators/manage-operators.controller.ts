import { Body, Controller, HttpCode, Param, Post, Put, Res } from '@nestjs/common';
import { FromOperator, Needs, type OperatorCall, parseBody } from '@openclaw/platform';
import { type Answering, withEtag } from '../carry-out';
import { ManageOperatorsHandler } from './manage-operators.handler';
import { addOperatorBody, changeRolesBody, removeOperatorBody, rotateTokenBody } from './operator.dto';

/** Adds, changes and removes operators. A token is in the one answer that made it and nowhere else. */
@Controller('v1/operators')
@Needs('operator:manage')
export class ManageOperatorsController {
  constructor(private readonly handler: ManageOperatorsHandler) {}

  @Post()
  @HttpCode(201)
  async add(@Body() raw: unknown, @FromOperator() call: OperatorCall, @Res({ passthrough: true }) response: Answering) {
    const added = withEtag(response, await this.handler.add(call, parseBody(addOperatorBody, raw)));
    response.header('Location', `/v1/operators/${added.operatorId}`);
    if (added.token === null) response.status(200);
    return added;
  }

  @Put(':operatorId/roles')
  async changeRoles(
    @Param('operatorId') operatorId: string,
    @Body() raw: unknown,
    @FromOperator() call: OperatorCall,
    @Res({ passthrough: true }) response: Answering,
  ) {
    return withEtag(response, await this.handler.changeRoles(call, operatorId, parseBody(changeRolesBody, raw)));
  }

  @Post(':operatorId/rotate-token')
  @HttpCode(200)
  async rotateToken(
    @Param('operatorId') operatorId: string,
    @Body() raw: unknown,
    @FromOperator() call: OperatorCall,
    @Res({ passthrough: true }) response: Answering,
  ) {
    return withEtag(response, await this.handler.rotateToken(call, operatorId, parseBody(rotateTokenBody, raw)));
  }

  @Post(':operatorId/remove')
  @HttpCode(200)
  async remove(
    @Param('operatorId') operatorId: string,
    @Body() raw: unknown,
    @FromOperator() call: OperatorCall,
    @Res({ passthrough: true }) response: Answering,
  ) {
    return withEtag(response, await this.handler.remove(call, operatorId, parseBody(removeOperatorBody, raw)));
  }
}
