import { seenBefore } from '../shared/command';
import type { Decided, Decider } from '../shared/decider';
import { exhaustive } from '../shared/exhaustive';
import { rejection } from '../shared/rejection';
import { no, ok } from '../shared/result';
import { after } from '../shared/time';
import type { PairingCodeCommand } from './commands';
import type { PairingCodeEvent, SettingChange } from './events';
import { type CodeChanges, type CodeSettings, type SettingName, settingsFault, widenedSettings } from './settings';
import { type PairingCode, evolvePairingCode, unissued } from './state';

type Decision = Decided<PairingCodeEvent>;
type Issue = Extract<PairingCodeCommand, { type: 'IssueCode' }>;
type Living = Extract<PairingCode, { status: 'active' | 'suspended' }>;

/** Longest grace of a rotation: an old secret must not live on as a second code. */
const GRACE_MAX_MS = 7 * 24 * 3_600_000;

/** Decides one command on a code. A repeated command (same id, same body) is `undefined`: done before. */
export const decidePairingCode = (command: PairingCodeCommand, state: PairingCode): Decision => {
  if (state.status === 'unissued') return command.type === 'IssueCode' ? issue(command) : no(NOT_FOUND);
  const seen = seenBefore(state.commands, command.meta.command);
  if (seen === 'repeated') return ok(undefined);
  if (seen !== 'new') return no(seen);
  if (command.type === 'IssueCode') return no(rejection('already-exists', 'this code id is taken', 'use a new id'));
  if (state.status === 'revoked') return command.type === 'RevokeCode' ? ok(undefined) : no(REVOKED);
  return decideLiving(command, state);
};

export const pairingCode: Decider<PairingCode, PairingCodeCommand, PairingCodeEvent> = {
  initialState: unissued,
  evolve: evolvePairingCode,
  decide: decidePairingCode,
};

const NOT_FOUND = rejection('not-found', 'there is no such code', 'check the code id', 'codeId');
const REVOKED = rejection('already-ended', 'the code is revoked, for good', 'issue a new code', 'codeId');

const decideLiving = (command: Exclude<PairingCodeCommand, Issue>, state: Living): Decision => {
  const data = { codeId: state.codeId, at: command.meta.now, command: command.meta.command };
  switch (command.type) {
    case 'UpdateCode':
      return update(state.settings, command, data);
    case 'RotateCode':
      return rotate(state, command, data);
    case 'SuspendCode':
      return ok(state.status === 'suspended' ? undefined : { type: 'PairingCodeSuspended', data });
    case 'ResumeCode':
      return ok(state.status === 'active' ? undefined : { type: 'PairingCodeResumed', data });
    case 'ReissueCode':
      return ok({ type: 'PairingCodeReissued', data: { ...data, secret: command.secret } });
    case 'RevokeCode':
      return ok({ type: 'PairingCodeRevoked', data });
    default:
      return exhaustive(command);
  }
};

const issue = ({ codeId, settings, secret, meta }: Issue): Decision => {
  const fault = settingsFault(settings);
  if (fault !== undefined) return no(fault);
  if (settings.expiresAt !== null && settings.expiresAt <= meta.now) {
    return no(rejection('invalid-value', 'lies in the past', 'give an instant in the future, or none', 'expiresAt'));
  }
  return ok({ type: 'PairingCodeIssued', data: { codeId, at: meta.now, command: meta.command, settings, secret } });
};

const update = (
  before: CodeSettings,
  { changes, mayWiden }: Extract<PairingCodeCommand, { type: 'UpdateCode' }>,
  data: { codeId: string } & Omit<Extract<PairingCodeEvent, { type: 'PairingCodeUpdated' }>['data'], 'changes'>,
): Decision => {
  const settings: CodeSettings = { ...before, ...definedOf(changes) };
  const fault = settingsFault(settings);
  if (fault !== undefined) return no(fault);
  const [widened] = widenedSettings(settings, before);
  if (widened !== undefined && !mayWiden) {
    return no(rejection('would-widen', 'allows more than before', 'narrow it, ask somebody with the right to widen, or issue a new code', widened));
  }
  const listed = changesBetween(before, settings);
  return ok(listed.length === 0 ? undefined : { type: 'PairingCodeUpdated', data: { ...data, changes: listed } });
};

const rotate = (
  state: Living,
  { secret, graceMs, meta }: Extract<PairingCodeCommand, { type: 'RotateCode' }>,
  data: Omit<Extract<PairingCodeEvent, { type: 'PairingCodeRotated' }>['data'], 'secret' | 'graceUntil'>,
): Decision => {
  if (!Number.isInteger(graceMs) || graceMs < 0 || graceMs > GRACE_MAX_MS) {
    return no(rejection('invalid-value', 'not a grace', `give 0 to ${GRACE_MAX_MS} milliseconds`, 'graceMs'));
  }
  if (state.secret.codeHash === secret.codeHash) {
    return no(rejection('invalid-value', 'the new secret equals the old one', 'draw a new secret', 'secret'));
  }
  return ok({ type: 'PairingCodeRotated', data: { ...data, secret, graceUntil: after(meta.now, graceMs) } });
};

const definedOf = (changes: CodeChanges): CodeChanges =>
  Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));

const changesBetween = (before: CodeSettings, settings: CodeSettings): SettingChange[] =>
  (Object.keys(settings) as SettingName[])
    .filter((name) => JSON.stringify(before[name]) !== JSON.stringify(settings[name]))
    .map((setting) => ({ setting, before: before[setting], after: settings[setting] }));
