import type { Happened as HappenedAt } from '../shared/command';

/** What each may do stands in `permissions.ts`. */
export const ROLES = ['admin', 'issuer', 'auditor', 'responder'] as const;
export type Role = (typeof ROLES)[number];

interface Happened extends HappenedAt {
  readonly operatorId: string;
}

export interface OperatorAdded {
  readonly type: 'OperatorAdded';
  /** `tokenHash`: keyed hash of the operator's own token; the token never enters the domain. */
  readonly data: Happened & { readonly name: string; readonly roles: readonly Role[]; readonly tokenHash: string };
}

/** The old token is dead at once. */
export interface OperatorTokenReplaced {
  readonly type: 'OperatorTokenReplaced';
  readonly data: Happened & { readonly tokenHash: string };
}

/** All roles of an operator at once, so that no two halves can disagree; in force at once in every process. */
export interface OperatorRolesChanged {
  readonly type: 'OperatorRolesChanged';
  readonly data: Happened & { readonly before: readonly Role[]; readonly roles: readonly Role[] };
}

/** Terminal: accepted at whatever revision, and nothing follows it. */
export interface OperatorRemoved {
  readonly type: 'OperatorRemoved';
  readonly data: Happened;
}

export type OperatorEvent = OperatorAdded | OperatorRolesChanged | OperatorTokenReplaced | OperatorRemoved;
