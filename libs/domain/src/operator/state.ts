import { type CommandRef, remember } from '../shared/command';
import type { OperatorAdded, OperatorEvent, Role } from './events';

interface Added {
  readonly operatorId: string;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly tokenHash: string;
  readonly commands: readonly CommandRef[];
}

export type Operator = { readonly status: 'unknown' } | (Added & { readonly status: 'active' | 'removed' });

export const unknownOperator: Operator = { status: 'unknown' };

/** Folds one event; total, and a removed operator never comes back. */
export const evolveOperator = (state: Operator, event: OperatorEvent): Operator => {
  if (state.status === 'unknown') return event.type === 'OperatorAdded' ? added(event) : state;
  if (state.status === 'removed') return state;
  switch (event.type) {
    case 'OperatorTokenReplaced':
      return { ...state, tokenHash: event.data.tokenHash, commands: remember(state.commands, event.data.command) };
    case 'OperatorRolesChanged':
      return { ...state, roles: event.data.roles, commands: remember(state.commands, event.data.command) };
    case 'OperatorRemoved':
      return { ...state, status: 'removed', commands: remember(state.commands, event.data.command) };
    default:
      return state;
  }
};

const added = ({ data: { operatorId, name, roles, tokenHash, command } }: OperatorAdded): Operator => ({
  status: 'active',
  operatorId,
  name,
  roles,
  tokenHash,
  commands: remember([], command),
});
