import type { Role } from './events';

/**
 * Who may do what, whole: each thing that can be done through an API, and the roles that may do it besides `admin`,
 * which may do everything. docs/reference/roles.md shows this table; a spec keeps the two equal.
 */
export const PERMISSIONS = {
  'operator:manage': [],
  'operator:read': ['auditor'],
  'self:rotate-token': ['issuer', 'auditor', 'responder'],
  'service:manage': [],
  'service:read': ['issuer', 'auditor', 'responder'],
  'subscription:manage': [],
  'subscription:read': ['issuer', 'auditor'],
  'master-key:manage': [],
  'master-key:stop': ['responder'],
  'master-key:read': ['issuer', 'auditor', 'responder'],
  'code:issue': ['issuer'],
  'code:issue-for-any-service': [],
  'code:change': ['issuer'],
  'code:widen': [],
  'code:suspend': ['issuer', 'responder'],
  'code:revoke': ['issuer', 'responder'],
  'code:read': ['issuer', 'auditor', 'responder'],
  'audit:read': ['auditor'],
  'audit:rebuild': [],
  'alert:read': ['auditor', 'responder'],
  'alert:handle': ['responder'],
  'detection:manage': [],
  'detection:read': ['auditor', 'responder'],
} as const satisfies Readonly<Record<string, readonly Role[]>>;

export type Permission = keyof typeof PERMISSIONS;

/** The roles that hold a permission; `admin` is always one of them. */
export const rolesWith = (permission: Permission): readonly Role[] => ['admin', ...PERMISSIONS[permission]];

/** May somebody with these roles do this? Another role never takes anything away. */
export const mayDo = (roles: readonly Role[], permission: Permission): boolean =>
  rolesWith(permission).some((role) => roles.includes(role));
