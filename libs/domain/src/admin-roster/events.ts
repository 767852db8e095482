import type { Happened as HappenedAt } from '../shared/command';

interface Happened extends HappenedAt {
  readonly operatorId: string;
}

/** An operator that has the admin role since this revision of its own stream counts as an admin. */
export interface AdminEnrolled {
  readonly type: 'AdminEnrolled';
  readonly data: Happened & { readonly since: number };
}

/** An operator counts no more: said BEFORE it loses the role or is removed. */
export interface AdminWithdrawn {
  readonly type: 'AdminWithdrawn';
  /** Nothing that this operator was up to this revision counts again; null: it never counts again. */
  readonly data: Happened & { readonly upTo: number | null };
}

export type AdminRosterEvent = AdminEnrolled | AdminWithdrawn;
