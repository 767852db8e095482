import type { Happened as HappenedAt } from '../shared/command';

/** admin: operators and master keys; issuer: codes; auditor: reads everything; responder: suspends and revokes. */
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

/** What an operator may do, as a whole: old and new. */
export interface OperatorRolesChanged {
  readonly type: 'OperatorRolesChanged';
  readonly data: Happened & { readonly before: readonly Role[]; readonly roles: readonly Role[] };
}

/** Terminal: accepted at whatever revision, and nothing follows it. */
export interface OperatorRemoved {
  readonly type: 'OperatorRemoved';
  readonly data: Happened;
}

export type OperatorEvent = OperatorAdded | OperatorTokenReplaced | OperatorRolesChanged | OperatorRemoved;
