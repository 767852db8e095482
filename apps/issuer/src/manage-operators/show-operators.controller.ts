import { Controller, Get, Inject, Param, Query, Res } from '@nestjs/common';
import { Needs, OperatorDirectory, parseBody } from '@openclaw/platform';
import { z } from 'zod';
import { etag } from '../carry-out';
import { OperatorRegister } from './operator-register';
import { operatorView } from './operator.view';

const listQuery = z.strictObject({
  status: z.enum(['active', 'removed'], { message: 'say active or removed' }).optional(),
});

/** Who may call: all operators, removed ones too, and one with the ETag that a change must match. */
@Controller('v1/operators')
@Needs('operator:read')
export class ShowOperatorsController {
  constructor(
    @Inject(OperatorRegister) private readonly register: OperatorRegister,
    @Inject(OperatorDirectory) private readonly directory: OperatorDirectory,
  ) {}

  @Get()
  list(@Query() raw: unknown) {
    const { status } = parseBody(listQuery, raw);
    const wanted = this.directory.list().filter(({ state }) => status === undefined || state.status === status);
    return { operators: wanted.map(({ state, revision }) => operatorView(state, revision)) };
  }

  @Get(':operatorId')
  async show(
    @Param('operatorId') operatorId: string,
    @Res({ passthrough: true }) response: { header(name: string, value: string): void },
  ) {
    const { state, revision } = await this.register.load(operatorId);
    response.header('ETag', etag(revision));
    return operatorView(state, revision);
  }
}
