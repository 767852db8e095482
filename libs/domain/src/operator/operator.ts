import { type CommandMeta, type CommandRef, remember, seenBefore } from '../shared/command';
import type { Decided, Decider } from '../shared/decider';
import { exhaustive } from '../shared/exhaustive';
import { rejection } from '../shared/rejection';
import { no, ok } from '../shared/result';
import type { UnixMs } from '../shared/time';

/** admin: operators and master keys; issuer: codes; auditor: reads everything; responder: suspends and revokes. */
export const ROLES = ['admin', 'issuer', 'auditor', 'responder'] as const;
export type Role = (typeof ROLES)[number];

interface Happened {
  readonly operatorId: string;
  readonly at: UnixMs;
  readonly command: CommandRef;
}

export type OperatorEvent =
  | {
      readonly type: 'OperatorAdded';
      readonly data: Happened & { readonly name: string; readonly roles: readonly Role[]; readonly tokenHash: string };
    }
  | { readonly type: 'OperatorTokenReplaced'; readonly data: Happened & { readonly tokenHash: string } }
  /** Terminal. */
  | { readonly type: 'OperatorRemoved'; readonly data: Happened };

export type OperatorCommand =
  | {
      readonly type: 'AddOperator';
      readonly meta: CommandMeta;
      readonly operatorId: string;
      readonly name: string;
      readonly roles: readonly Role[];
      readonly tokenHash: string;
    }
  | { readonly type: 'ReplaceOperatorToken'; readonly meta: CommandMeta; readonly tokenHash: string }
  | { readonly type: 'RemoveOperator'; readonly meta: CommandMeta };

export type Operator =
  | { readonly status: 'unknown' }
  | {
      readonly status: 'active' | 'removed';
      readonly operatorId: string;
      readonly name: string;
      readonly roles: readonly Role[];
      readonly tokenHash: string;
      readonly commands: readonly CommandRef[];
    };

/** Total; a removed operator never comes back. */
export const evolveOperator = (state: Operator, event: OperatorEvent): Operator => {
  if (state.status === 'unknown') {
    if (event.type !== 'OperatorAdded') return state;
    const { operatorId, name, roles, tokenHash, command } = event.data;
    return { status: 'active', operatorId, name, roles, tokenHash, commands: remember([], command) };
  }
  if (state.status === 'removed') return state;
  const next = { ...state, commands: remember(state.commands, event.data.command) };
  if (event.type === 'OperatorTokenReplaced') return { ...next, tokenHash: event.data.tokenHash };
  return event.type === 'OperatorRemoved' ? { ...next, status: 'removed' } : state;
};

export const decideOperator = (command: OperatorCommand, state: Operator): Decided<OperatorEvent> => {
  if (state.status === 'unknown') return command.type === 'AddOperator' ? add(command) : no(NOT_FOUND);
  const seen = seenBefore(state.commands, command.meta.command);
  if (seen === 'repeated') return ok(undefined);
  if (seen !== 'new') return no(seen);
  if (state.status === 'removed') return command.type === 'RemoveOperator' ? ok(undefined) : no(REMOVED);
  const data = { operatorId: state.operatorId, at: command.meta.now, command: command.meta.command };
  switch (command.type) {
    case 'AddOperator':
      return no(rejection('already-exists', 'this operator exists', 'choose another id', 'operatorId'));
    case 'ReplaceOperatorToken':
      return ok({ type: 'OperatorTokenReplaced', data: { ...data, tokenHash: command.tokenHash } });
    case 'RemoveOperator':
      return ok({ type: 'OperatorRemoved', data });
    default:
      return exhaustive(command);
  }
};

const NOT_FOUND = rejection('not-found', 'there is no such operator', 'check the operator id', 'operatorId');
const REMOVED = rejection('already-ended', 'the operator is removed', 'add a new one', 'operatorId');

const add = ({ meta, operatorId, name, roles, tokenHash }: Extract<OperatorCommand, { type: 'AddOperator' }>): Decided<OperatorEvent> => {
  if (name === '') return no(rejection('invalid-value', 'empty', 'give a name', 'name'));
  if (roles.length === 0 || !roles.every((role) => ROLES.includes(role))) {
    return no(rejection('invalid-value', 'no role, or an unknown one', `give some of ${ROLES.join(', ')}`, 'roles'));
  }
  return ok({ type: 'OperatorAdded', data: { operatorId, at: meta.now, command: meta.command, name, roles, tokenHash } });
};

export const operator: Decider<Operator, OperatorCommand, OperatorEvent> = {
  initialState: { status: 'unknown' },
  evolve: evolveOperator,
  decide: decideOperator,
};
