import { randomUUID } from 'node:crypto';
import {
  type AdminRoster, type AdminRosterCommand, type AdminRosterEvent, type CommandMeta, type Operator, decideAdminRoster,
  unixMs,
} from '@openclaw/domain'; // prettier-ignore
import type { AggregateRepository, CommandContext, Followed } from '@openclaw/platform';
import { carryOut } from '../carry-out';

/** The one roster; its stream is `admin-roster/all`. */
const ROSTER_ID = 'all';

export type RosterRepository = AggregateRepository<AdminRoster, AdminRosterEvent>;
type Because = Pick<CommandContext, 'meta' | 'envelope'>;

export const isAdmin = (state: Operator): boolean => state.status === 'active' && state.roles.includes('admin');

/** Counts an operator as an admin since this revision of its stream; call AFTER it has the role. Safe to repeat. */
export const enrolAdmin = (
  roster: RosterRepository,
  because: Because,
  operatorId: string,
  since: number,
): Promise<void> =>
  tell(roster, because, { type: 'EnrolAdmin', meta: metaOf(because, `enrol/${since}`), operatorId, since });

/**
 * Counts an operator no more; call BEFORE it loses the role (`upTo` = the revision that was seen) or is removed (null).
 * Throws an `ApiError` when it is the last admin. Safe to repeat.
 */
export const withdrawAdmin = (
  roster: RosterRepository,
  because: Because,
  operatorId: string,
  upTo: number | null,
): Promise<void> =>
  tell(roster, because, { type: 'WithdrawAdmin', meta: metaOf(because, `withdraw/${upTo ?? ''}`), operatorId, upTo });

/** Counts every admin that the log knows: at every start, for whatever was cut off between role and roster. */
export const enrolKnownAdmins = async (
  roster: RosterRepository,
  operators: readonly Followed<Operator>[],
): Promise<void> => {
  const now = new Date();
  const metadata = { authid: 'installation', authtype: 'start-up', reason: 'admins are counted at every start' };
  const envelope = { newId: randomUUID, time: now.toISOString(), metadata };
  for (const { id, state, revision } of operators) {
    const meta = { now: unixMs(now.getTime()), command: { id: `start-up/${id}`, bodyHash: '' } };
    if (isAdmin(state)) await enrolAdmin(roster, { meta, envelope }, id, revision);
  }
};

const tell = async (roster: RosterRepository, because: Because, command: AdminRosterCommand): Promise<void> => {
  const target = { repository: roster, noun: 'operator', id: ROSTER_ID } as const;
  await carryOut(target, because, (state) => decideAdminRoster(command, state));
};

/** One request may have to speak to the roster twice, when somebody changes the operator in between. */
const metaOf = ({ meta }: Because, step: string): CommandMeta => {
  const { id, bodyHash } = meta.command;
  return { now: meta.now, command: { id: `${id}/${step}`, bodyHash: `${bodyHash}/${step}` } };
};
