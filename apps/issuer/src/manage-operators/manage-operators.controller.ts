import { Body, Controller, Get, Header, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import { type Operator, type OperatorCommand, type OperatorEvent, type Role, decideOperator } from '@openclaw/domain';
import type { FreshLog } from '@openclaw/freshness';
import {
  AggregateRepository, Allow, ApiError, type AuthenticatedRequest, type CommandContext, commandContext, hashToken,
  newToken, parseBody,
} from '@openclaw/platform'; // prettier-ignore
import { type Carried, carryOut, positionToken } from '../carry-out';
import { reasonBody, revokeBody } from '../issue-code/issue-code.dto';
import { LifecycleView } from '../lifecycle/lifecycle-view';
import { FRESH_LOG, OPERATORS } from '../tokens';
import { addOperatorBody, changeRolesBody } from './operator.dto';
import { operatorView } from './operator.view';

/**
 * Who may do what. An operator's token is in the one answer that creates it; the log has its hash. Every process follows
 * these events, so a removed operator or a replaced token is refused everywhere within milliseconds.
 */
@Controller('v1/operators')
export class ManageOperatorsController {
  constructor(
    @Inject(FRESH_LOG) private readonly fresh: FreshLog,
    @Inject(OPERATORS) private readonly operators: AggregateRepository<Operator, OperatorEvent>,
    private readonly view: LifecycleView,
  ) {}

  @Post()
  @Allow()
  @HttpCode(201)
  @Header('Cache-Control', 'no-store')
  async add(
    @Body() raw: unknown,
    @Req() request: AuthenticatedRequest,
    @Res({ passthrough: true }) response: { status(code: number): void },
  ) {
    const { name, roles, reason } = parseBody(addOperatorBody, raw);
    const context = commandContext(request, { name, roles, reason }, reason);
    const operatorId = context.derivedId('operator');
    const token = newToken('operator');
    const { meta } = context;
    const command = { type: 'AddOperator', meta, operatorId, name, roles, tokenHash: hashToken(token) } as const;
    const carried = await this.#carry(operatorId, context, command);
    if (carried.outcome === 'unchanged') response.status(200);
    return this.#withToken(carried, token);
  }

  @Get()
  @Allow('auditor')
  async list() {
    await this.view.upToDate();
    return { operators: [...this.view.operators.rows()].map(({ state, revision }) => operatorView(state, revision)) };
  }

  @Get(':operatorId')
  @Allow('auditor')
  async show(@Param('operatorId') operatorId: string) {
    const { state, revision } = await this.operators.load(operatorId);
    return operatorView(state, revision);
  }

  @Post(':operatorId/token')
  @Allow()
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async replaceToken(@Param('operatorId') id: string, @Body() raw: unknown, @Req() request: AuthenticatedRequest) {
    const body = parseBody(reasonBody, raw);
    const context = commandContext(request, body, body.reason);
    const token = newToken('operator');
    const command = { type: 'ReplaceOperatorToken', meta: context.meta, tokenHash: hashToken(token) } as const;
    return this.#withToken(await this.#carry(id, context, command), token);
  }

  @Post(':operatorId/roles')
  @Allow()
  @HttpCode(200)
  async changeRoles(@Param('operatorId') id: string, @Body() raw: unknown, @Req() request: AuthenticatedRequest) {
    const body = parseBody(changeRolesBody, raw);
    const context = commandContext(request, body, body.reason);
    if (!body.roles.includes('admin')) await this.#anotherAdminMustStay(id);
    return this.#answer(
      await this.#carry(id, context, { type: 'ChangeOperatorRoles', meta: context.meta, roles: body.roles }),
    );
  }

  @Post(':operatorId/remove')
  @Allow()
  @HttpCode(200)
  async remove(@Param('operatorId') id: string, @Body() raw: unknown, @Req() request: AuthenticatedRequest) {
    const body = parseBody(revokeBody, raw);
    const context = commandContext(request, body, body.reason);
    await this.#anotherAdminMustStay(id);
    return this.#answer(await this.#carry(id, context, { type: 'RemoveOperator', meta: context.meta }));
  }

  /**
   * Two admins who remove each other at the same instant are not stopped by this: across streams nothing is atomic. The
   * bootstrap admin, if it was not removed, comes back with the next start.
   */
  async #anotherAdminMustStay(id: string): Promise<void> {
    await this.view.upToDate();
    const admins = [...this.view.operators.rows()].filter(({ state }) => isAdmin(state));
    if (admins.length !== 1 || admins[0]?.id !== id) return;
    throw new ApiError('openclaw.request.invalid', [
      { field: 'operatorId', problem: 'the last admin', remedy: 'give another operator the admin role first' },
    ]);
  }

  #carry(id: string, context: CommandContext, command: OperatorCommand): Promise<Carried<Operator>> {
    const target = { repository: this.operators, noun: 'operator', id } as const;
    return carryOut(target, context, (state) => decideOperator(command, state));
  }

  #answer(carried: Carried<Operator>) {
    return {
      ...operatorView(carried.state, carried.revision),
      position: positionToken(this.fresh.log.logId, carried),
    };
  }

  /** A retry after a lost answer gets no token: it is never replayed. Replace it to get a new one. */
  #withToken(carried: Carried<Operator>, token: string) {
    return { token: carried.outcome === 'appended' ? token : null, ...this.#answer(carried) };
  }
}

const isAdmin = (state: Operator): boolean => state.status === 'active' && state.roles.some(isAdminRole);
const isAdminRole = (role: Role): boolean => role === 'admin';
