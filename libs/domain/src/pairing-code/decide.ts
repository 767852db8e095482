import { decideOnce } from '../shared/command';
import type { Decided, Decider } from '../shared/decider';
import { exhaustive } from '../shared/exhaustive';
import { rejection } from '../shared/rejection';
import { no, ok } from '../shared/result';
import { after } from '../shared/time';
import type { ChangeCode, IssueCode, PairingCodeCommand, ReissueCode, RotateCode, UpdateCode } from './commands';
import type { CodeSecret, PairingCodeEvent, SettingChange } from './events';
import { CHANGEABLE, widenedSettings } from './narrowing';
import type { CodeChanges, CodeSettings } from './settings';
import { settingsFault } from './settings-check';
import { type LivingCode, type PairingCode, evolvePairingCode, unissued } from './state';

type Decision = Decided<PairingCodeEvent>;

/** Longest grace of a rotation: an old secret must not live on as a second code. */
const GRACE_MAX_MS = 7 * 24 * 3_600_000;

/** Decides one command on a code. A repeated command (same id, same body) is `undefined`: done before. */
export const decidePairingCode = (command: PairingCodeCommand, state: PairingCode): Decision => {
  if (state.status === 'unissued') return command.type === 'IssueCode' ? issue(command) : no(NOT_FOUND);
  return decideOnce(state.commands, command.meta, () => {
    if (command.type === 'IssueCode') return no(TAKEN);
    if (state.status === 'revoked') return command.type === 'RevokeCode' ? ok(undefined) : no(REVOKED);
    return change(command, state);
  });
};

/** The write side of a code: stream `pairing-code/<codeId>`. */
export const pairingCode: Decider<PairingCode, PairingCodeCommand, PairingCodeEvent> = {
  initialState: unissued,
  evolve: evolvePairingCode,
  decide: decidePairingCode,
};

const NOT_FOUND = rejection('not-found', 'there is no such code', 'check the code id', 'codeId');
const TAKEN = rejection('already-exists', 'this code id is taken', 'use a new id', 'codeId');
const REVOKED = rejection('already-ended', 'the code is revoked, for good', 'issue a new code', 'codeId');

const change = (command: ChangeCode, state: LivingCode): Decision => {
  switch (command.type) {
    case 'UpdateCode':
      return update(command, state);
    case 'RotateCode':
      return rotate(command, state);
    case 'SuspendCode':
      return ok(state.status === 'suspended' ? undefined : { type: 'PairingCodeSuspended', data: of(state, command) });
    case 'ResumeCode':
      return ok(state.status === 'active' ? undefined : { type: 'PairingCodeResumed', data: of(state, command) });
    case 'ReissueCode':
      return reissue(command, state);
    case 'RevokeCode':
      return ok({ type: 'PairingCodeRevoked', data: of(state, command) });
    default:
      return exhaustive(command);
  }
};

const of = ({ codeId }: LivingCode, { meta: { now, command } }: ChangeCode) => ({ codeId, at: now, command });

const issue = ({ codeId, settings, secret, meta: { now, command } }: IssueCode): Decision => {
  const fault = settingsFault(settings);
  if (fault !== undefined) return no(fault);
  if (settings.expiresAt !== null && settings.expiresAt <= now) return no(PAST);
  return ok({ type: 'PairingCodeIssued', data: { codeId, at: now, command, settings, secret } });
};

const PAST = rejection('invalid-value', 'lies in the past', 'give an instant in the future, or none', 'expiresAt');

const update = (command: UpdateCode, state: LivingCode): Decision => {
  const { settings: before } = state;
  const settings = changedSettings(before, command.changes);
  const fault = settingsFault(settings);
  if (fault !== undefined) return no(fault);
  const [widened] = widenedSettings(settings, before);
  if (widened !== undefined && !command.mayWiden) return no(wouldWiden(widened));
  const changes = changesBetween(before, settings);
  if (changes.length === 0) return ok(undefined);
  return ok({ type: 'PairingCodeUpdated', data: { ...of(state, command), changes } });
};

const wouldWiden = (setting: string) => {
  const remedy = 'narrow it, ask somebody with the right to widen, or issue a new code';
  return rejection('would-widen', 'allows more than before', remedy, setting);
};

const changedSettings = (before: CodeSettings, changes: CodeChanges): CodeSettings => ({
  ...before,
  ...Object.fromEntries(CHANGEABLE.flatMap((name) => (changes[name] === undefined ? [] : [[name, changes[name]]]))),
});

const changesBetween = (before: CodeSettings, settings: CodeSettings): SettingChange[] =>
  CHANGEABLE.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(settings[name])).map((setting) => ({
    setting,
    before: before[setting],
    after: settings[setting],
  }));

const rotate = (command: RotateCode, state: LivingCode): Decision => {
  const { secret, graceMs, meta } = command;
  if (!Number.isInteger(graceMs) || graceMs < 0 || graceMs > GRACE_MAX_MS) return no(NO_GRACE);
  if (isKnown(secret, state)) return no(USED_SECRET);
  const graceUntil = after(meta.now, graceMs);
  return ok({ type: 'PairingCodeRotated', data: { ...of(state, command), secret, graceUntil } });
};

const reissue = (command: ReissueCode, state: LivingCode): Decision => {
  const { secret } = command;
  if (isKnown(secret, state)) return no(USED_SECRET);
  return ok({ type: 'PairingCodeReissued', data: { ...of(state, command), secret } });
};

/** Renewing a code with a secret that somebody may hold already would renew nothing. */
const isKnown = ({ codeHash }: CodeSecret, { secret, previous }: LivingCode): boolean =>
  codeHash === secret.codeHash || codeHash === previous?.codeHash;

const NO_GRACE = rejection('invalid-value', 'not a grace', `give 0 to ${GRACE_MAX_MS} milliseconds`, 'graceMs');
const USED_SECRET = rejection('invalid-value', 'the new secret equals an old one', 'draw a new secret', 'secret');
