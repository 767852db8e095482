import { decideOnce } from '../shared/command';
import type { Decided, Decider } from '../shared/decider';
import { exhaustive } from '../shared/exhaustive';
import { rejection } from '../shared/rejection';
import { no, ok } from '../shared/result';
import { lineFault } from '../shared/text';
import type { AddOperator, ChangeOperatorRoles, OperatorCommand } from './commands';
import { type OperatorEvent, ROLES, type Role } from './events';
import { type Operator, evolveOperator, unknownOperator } from './state';

type Decision = Decided<OperatorEvent>;
type Change = Exclude<OperatorCommand, AddOperator>;
type Known = Exclude<Operator, { status: 'unknown' }>;

/** Decides one command on an operator. A repeated command (same id, same body) is `undefined`: done before. */
export const decideOperator = (command: OperatorCommand, state: Operator): Decision => {
  if (state.status === 'unknown') return command.type === 'AddOperator' ? add(command) : no(NOT_FOUND);
  return decideOnce(state.commands, command.meta, () => {
    if (command.type === 'AddOperator') return no(TAKEN);
    if (state.status === 'removed') return command.type === 'RemoveOperator' ? ok(undefined) : no(REMOVED);
    return change(command, state);
  });
};

/** The write side of an operator: stream `operator/<operatorId>`. */
export const operator: Decider<Operator, OperatorCommand, OperatorEvent> = {
  initialState: unknownOperator,
  evolve: evolveOperator,
  decide: decideOperator,
};

const NOT_FOUND = rejection('not-found', 'there is no such operator', 'check the operator id', 'operatorId');
const TAKEN = rejection('already-exists', 'this operator exists', 'choose another id', 'operatorId');
const REMOVED = rejection('already-ended', 'the operator is removed, for good', 'add a new one', 'operatorId');
const NAME_MAX = 200;

const change = (command: Change, state: Known): Decision => {
  const data = { operatorId: state.operatorId, at: command.meta.now, command: command.meta.command };
  switch (command.type) {
    case 'ReplaceOperatorToken':
      if (command.tokenHash === state.tokenHash) return ok(undefined);
      return ok({ type: 'OperatorTokenReplaced', data: { ...data, tokenHash: command.tokenHash } });
    case 'ChangeOperatorRoles':
      return changeRoles(command, state);
    case 'RemoveOperator':
      return ok({ type: 'OperatorRemoved', data });
    default:
      return exhaustive(command);
  }
};

const add = ({ meta, operatorId, name, roles, tokenHash }: AddOperator): Decision => {
  const problem = name === '' ? 'empty' : lineFault(name, NAME_MAX);
  if (problem !== undefined) {
    return no(rejection('invalid-value', problem, `give one line of 1 to ${NAME_MAX} characters`, 'name'));
  }
  if (!areRoles(roles)) return no(BAD_ROLES);
  const data = { operatorId, at: meta.now, command: meta.command, name, roles: inOrder(roles), tokenHash };
  return ok({ type: 'OperatorAdded', data });
};

const changeRoles = ({ meta, roles }: ChangeOperatorRoles, state: Known): Decision => {
  if (!areRoles(roles)) return no(BAD_ROLES);
  const [before, after] = [state.roles, inOrder(roles)];
  if (after.join() === inOrder(before).join()) return ok(undefined);
  const data = { operatorId: state.operatorId, at: meta.now, command: meta.command, before, roles: after };
  return ok({ type: 'OperatorRolesChanged', data });
};

const BAD_ROLES = rejection('invalid-value', 'no role, or an unknown one', `give some of ${ROLES.join(', ')}`, 'roles');
const areRoles = (roles: readonly Role[]): boolean => roles.length > 0 && roles.every((role) => ROLES.includes(role));
/** Each role once, always in the same order: two lists that mean the same are the same. */
const inOrder = (roles: readonly Role[]): readonly Role[] => ROLES.filter((role) => roles.includes(role));
