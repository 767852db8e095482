import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { Needs, parseBody } from '@openclaw/platform';
import { type Answering, withEtag } from '../carry-out';
import { ManageOperatorsHandler } from './manage-operators.handler';
import { listOperatorsQuery } from './operator.dto';

/** Who may call: all operators, removed ones too, and one with the ETag that a change must match. */
@Controller('v1/operators')
@Needs('operator:read')
export class ShowOperatorsController {
  constructor(private readonly handler: ManageOperatorsHandler) {}

  @Get()
  list(@Query() raw: unknown) {
    return this.handler.list(parseBody(listOperatorsQuery, raw));
  }

  @Get(':operatorId')
  async show(@Param('operatorId') operatorId: string, @Res({ passthrough: true }) response: Answering) {
    return withEtag(response, await this.handler.show(operatorId));
  }
}
