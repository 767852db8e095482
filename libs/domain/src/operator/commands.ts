import type { CommandMeta } from '../shared/command';
import type { Role } from './events';

export interface AddOperator {
  readonly type: 'AddOperator';
  readonly meta: CommandMeta;
  readonly operatorId: string;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly tokenHash: string;
}

export interface ReplaceOperatorToken {
  readonly type: 'ReplaceOperatorToken';
  readonly meta: CommandMeta;
  readonly tokenHash: string;
}

/** Sets all roles of an operator. */
export interface ChangeOperatorRoles {
  readonly type: 'ChangeOperatorRoles';
  readonly meta: CommandMeta;
  readonly roles: readonly Role[];
}

export interface RemoveOperator {
  readonly type: 'RemoveOperator';
  readonly meta: CommandMeta;
}

export type OperatorCommand = AddOperator | ChangeOperatorRoles | ReplaceOperatorToken | RemoveOperator;
