import { Inject, Injectable } from '@nestjs/common';
import type { FreshLog } from '@openclaw/freshness';
import { type OperatorCall, OperatorDirectory, type TokenHash, commandContext, newToken } from '@openclaw/platform';
import { mayHaveSeen, mustHaveSeen, shown } from '../carry-out';
import { FRESH_LOG, OPERATOR_TOKEN_HASH } from '../tokens';
import { OperatorRegister } from './operator-register';
import type {
  AddOperatorBody, ChangeRolesBody, ListOperatorsQuery, RemoveOperatorBody, RotateTokenBody,
} from './operator.dto'; // prettier-ignore
import { operatorView } from './operator.view';

/**
 * Adds, shows, changes and removes operators. A token is in the one answer that made it and nowhere else: a retry after a
 * lost answer meets a token that nobody has, and gets null. Rotate to get one.
 */
@Injectable()
export class ManageOperatorsHandler {
  constructor(
    @Inject(FRESH_LOG) private readonly fresh: FreshLog,
    @Inject(OperatorRegister) private readonly register: OperatorRegister,
    @Inject(OperatorDirectory) private readonly directory: OperatorDirectory,
    @Inject(OPERATOR_TOKEN_HASH) private readonly hashOf: TokenHash,
  ) {}

  list({ status }: ListOperatorsQuery) {
    const wanted = this.directory.list().filter(({ state }) => status === undefined || state.status === status);
    return { operators: wanted.map(operatorView) };
  }

  async show(operatorId: string) {
    return operatorView(await this.register.load(operatorId));
  }

  async add(call: OperatorCall, body: AddOperatorBody) {
    const { name, roles } = body;
    const context = commandContext(call, { operation: 'add-operator', body });
    const operatorId = context.derivedId('operator');
    const token = newToken('operator');
    const tokenHash = this.hashOf(token);
    const { meta } = context;
    const carried = await this.register.add(context, { type: 'AddOperator', meta, operatorId, name, roles, tokenHash });
    return { token: carried.outcome === 'appended' ? token : null, ...shown(this.fresh, carried, operatorView) };
  }

  /** Sets all roles at once; in force before this answers here, and as soon as they have read it in other processes. */
  async changeRoles(call: OperatorCall, operatorId: string, body: ChangeRolesBody) {
    const context = commandContext(call, { operation: 'change-roles', target: operatorId, body });
    const command = { type: 'ChangeOperatorRoles', meta: context.meta, roles: body.roles } as const;
    const carried = await this.register.changeRoles(context, operatorId, command, mustHaveSeen(call));
    return shown(this.fresh, carried, operatorView);
  }

  /** The old token is dead when this answers. */
  async rotateToken(call: OperatorCall, operatorId: string, body: RotateTokenBody) {
    const context = commandContext(call, { operation: 'rotate-token', target: operatorId, body });
    const token = newToken('operator');
    const command = { type: 'ReplaceOperatorToken', meta: context.meta, tokenHash: this.hashOf(token) } as const;
    const carried = await this.register.replaceToken(context, operatorId, command, mayHaveSeen(call));
    return { token: carried.outcome === 'appended' ? token : null, ...shown(this.fresh, carried, operatorView) };
  }

  /** For good: the id never comes back. */
  async remove(call: OperatorCall, operatorId: string, body: RemoveOperatorBody) {
    const context = commandContext(call, { operation: 'remove-operator', target: operatorId, body });
    const command = { type: 'RemoveOperator', meta: context.meta } as const;
    return shown(this.fresh, await this.register.remove(context, operatorId, command), operatorView);
  }
}
