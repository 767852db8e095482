import { type CommandMeta, type CommandRef, decideOnce, remember } from '../shared/command';
import type { Decided, Decider } from '../shared/decider';
import { exhaustive } from '../shared/exhaustive';
import { rejection } from '../shared/rejection';
import { no, ok } from '../shared/result';
import type { AdminRosterEvent } from './events';

/**
 * Why a list of its own: each operator is a stream of its own, so two admins who remove each other would both win, and
 * nobody would be left. The roster is ONE stream, so their two withdrawals compete for one revision.
 *
 * The law: whoever is on the roster is an admin in fact. An operator is enrolled AFTER it got the role and withdrawn
 * BEFORE it loses it, so a crash in between leaves the roster too short, never too long; and the roster never becomes
 * empty again. `since`/`upTo` bind both to revisions of the operator's stream: an enrolment that was on its way while
 * the operator was withdrawn comes too late.
 */
export interface AdminRoster {
  readonly enrolled: Readonly<Record<string, number>>;
  /** Up to which revision of its stream an operator was withdrawn; null = for good. */
  readonly withdrawn: Readonly<Record<string, number | null>>;
  readonly commands: readonly CommandRef[];
}

export type AdminRosterCommand =
  | {
      readonly type: 'EnrolAdmin';
      readonly meta: CommandMeta;
      readonly operatorId: string;
      /** Revision of the operator's stream at which it is an admin. */
      readonly since: number;
    }
  | {
      readonly type: 'WithdrawAdmin';
      readonly meta: CommandMeta;
      readonly operatorId: string;
      /** Revision of the operator's stream that the decision to take the role away has seen; null = it is removed. */
      readonly upTo: number | null;
    };

const LAST_ADMIN = rejection(
  'wrong-state',
  'this is the last admin: without it nobody could manage operators',
  'give another operator the admin role first',
  'operatorId',
);

/** Folds one event; total. */
export const evolveAdminRoster = (state: AdminRoster, event: AdminRosterEvent): AdminRoster => {
  switch (event.type) {
    case 'AdminEnrolled': {
      const { operatorId, since, command } = event.data;
      const enrolled = { ...state.enrolled, [operatorId]: since };
      return { ...state, enrolled, commands: remember(state.commands, command) };
    }
    case 'AdminWithdrawn': {
      const { operatorId, upTo, command } = event.data;
      const withdrawn = { ...state.withdrawn, [operatorId]: upTo };
      return { enrolled: without(state.enrolled, operatorId), withdrawn, commands: remember(state.commands, command) };
    }
    default:
      return state;
  }
};

/** Decides one command. Withdrawing is refused when nobody else would be left. */
export const decideAdminRoster = (command: AdminRosterCommand, state: AdminRoster): Decided<AdminRosterEvent> =>
  decideOnce(state.commands, command.meta, (): Decided<AdminRosterEvent> => {
    const { operatorId, meta } = command;
    const data = { operatorId, at: meta.now, command: meta.command };
    switch (command.type) {
      case 'EnrolAdmin': {
        const counts = Object.hasOwn(state.enrolled, operatorId) || isTooLate(state, operatorId, command.since);
        return counts ? ok(undefined) : ok({ type: 'AdminEnrolled', data: { ...data, since: command.since } });
      }
      case 'WithdrawAdmin':
        if (Object.keys(without(state.enrolled, operatorId)).length === 0) return no(LAST_ADMIN);
        if (isWithdrawn(state, operatorId, command.upTo)) return ok(undefined);
        return ok({ type: 'AdminWithdrawn', data: { ...data, upTo: command.upTo } });
      default:
        return exhaustive(command);
    }
  });

const withdrawnUpTo = (state: AdminRoster, operatorId: string): number | null =>
  Object.hasOwn(state.withdrawn, operatorId) ? (state.withdrawn[operatorId] ?? null) : 0;

const isTooLate = (state: AdminRoster, operatorId: string, since: number): boolean => {
  const upTo = withdrawnUpTo(state, operatorId);
  return upTo === null || since <= upTo;
};

/** Would this withdrawal say nothing new? One that has not seen the enrolment is void: its request has to look again. */
const isWithdrawn = (state: AdminRoster, operatorId: string, upTo: number | null): boolean => {
  const known = withdrawnUpTo(state, operatorId);
  if (known === null || upTo === null) return known === null;
  return upTo <= known || (Object.hasOwn(state.enrolled, operatorId) && upTo < (state.enrolled[operatorId] ?? 0));
};

const without = (enrolled: AdminRoster['enrolled'], operatorId: string): AdminRoster['enrolled'] =>
  Object.fromEntries(Object.entries(enrolled).filter(([id]) => id !== operatorId));

/** The write side of the one list of admins: stream `admin-roster/all`. */
export const adminRoster: Decider<AdminRoster, AdminRosterCommand, AdminRosterEvent> = {
  initialState: { enrolled: {}, withdrawn: {}, commands: [] },
  evolve: evolveAdminRoster,
  decide: decideAdminRoster,
};
