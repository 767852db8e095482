import type { Outgoing, issuerV1 } from '@openclaw/contracts';
import type { Role } from '@openclaw/domain';
import { invalid, wordOf } from '../grpc/wire-values';
import type { OperatorView } from './operator.view';

export const STATES = {
  active: 'OPERATOR_STATE_ACTIVE',
  removed: 'OPERATOR_STATE_REMOVED',
} as const satisfies Readonly<Record<OperatorView['status'], issuerV1.OperatorState>>;

const ROLES = {
  admin: 'OPERATOR_ROLE_ADMIN',
  issuer: 'OPERATOR_ROLE_ISSUER',
  auditor: 'OPERATOR_ROLE_AUDITOR',
  responder: 'OPERATOR_ROLE_RESPONDER',
} as const satisfies Readonly<Record<Role, issuerV1.OperatorRole>>;

export const rolesOf = (roles: readonly issuerV1.OperatorRole[]): Role[] =>
  roles.map((role) => {
    const word = wordOf(ROLES, role, 'roles');
    if (word === undefined) throw invalid('roles', 'unspecified', `use ${Object.values(ROLES).join(', ')}`);
    return word;
  });

/** An operator as a message. */
export const operatorMessage = ({ status, roles, ...operator }: OperatorView): Outgoing<issuerV1.Operator> => ({
  operatorId: operator.operatorId,
  name: operator.name,
  roles: roles.map((role) => ROLES[role]),
  state: STATES[status],
  revision: operator.revision,
});

type Written = OperatorView & { readonly position: string };

export const written = (operator: Written): Outgoing<issuerV1.RemoveOperatorResponse> => ({
  operator: operatorMessage(operator),
  position: operator.position,
});

export const withToken = (
  operator: Written & { readonly token: string | null },
): Outgoing<issuerV1.AddOperatorResponse> => ({ ...written(operator), token: operator.token ?? '' });
