import { decideOnce } from '../shared/command';
import type { Decided, Decider } from '../shared/decider';
import { exhaustive } from '../shared/exhaustive';
import { rejection } from '../shared/rejection';
import { no, ok } from '../shared/result';
import { lineFault } from '../shared/text';
import type { ChangeMasterKey, MasterKeyCommand, RegisterMasterKey, RotateMasterKey } from './commands';
import type { MasterKeyEvent } from './events';
import { type LivingMasterKey, type MasterKey, evolveMasterKey, unregistered } from './state';

type Decision = Decided<MasterKeyEvent>;

/** Decides one command on a master key. A repeated command (same id, same body) is `undefined`: done before. */
export const decideMasterKey = (command: MasterKeyCommand, state: MasterKey): Decision => {
  if (state.status === 'unregistered') return command.type === 'RegisterMasterKey' ? register(command) : no(NOT_FOUND);
  const { status } = state;
  return decideOnce(state.commands, command.meta, () => {
    if (command.type === 'RegisterMasterKey') return no(TAKEN);
    if (status === 'revoked') return command.type === 'RevokeMasterKey' ? ok(undefined) : no(REVOKED);
    return change(command, { ...state, status });
  });
};

/** The write side of a master key: stream `master-key/<masterKeyId>`. */
export const masterKey: Decider<MasterKey, MasterKeyCommand, MasterKeyEvent> = {
  initialState: unregistered,
  evolve: evolveMasterKey,
  decide: decideMasterKey,
};

const NOT_FOUND = rejection('not-found', 'there is no such master key', 'register it first', 'masterKeyId');
const TAKEN = rejection('already-exists', 'this master key id is taken', 'use a new id', 'masterKeyId');
const REVOKED = rejection('already-ended', 'the master key is revoked, for good', 'register a new one', 'masterKeyId');
const NAME_MAX = 200;

const change = (command: ChangeMasterKey, state: LivingMasterKey): Decision => {
  const data = { masterKeyId: state.masterKeyId, at: command.meta.now, command: command.meta.command };
  switch (command.type) {
    case 'DisableMasterKey':
      return ok(state.status === 'disabled' ? undefined : { type: 'MasterKeyDisabled', data });
    case 'EnableMasterKey':
      return ok(state.status === 'active' ? undefined : { type: 'MasterKeyEnabled', data });
    case 'RotateMasterKey':
      if (isStored(command, state)) return ok(undefined);
      return ok({ type: 'MasterKeyRotated', data: { ...data, secret: command.secret } });
    case 'RevokeMasterKey':
      return ok({ type: 'MasterKeyRevoked', data });
    default:
      return exhaustive(command);
  }
};

const isStored = ({ secret }: RotateMasterKey, state: LivingMasterKey): boolean =>
  secret.name === state.secret.name && secret.version === state.secret.version;

const register = ({ meta, masterKeyId, label, provider, secret }: RegisterMasterKey): Decision => {
  for (const [field, value] of Object.entries({ label, provider })) {
    const problem = value === '' ? 'empty' : lineFault(value, NAME_MAX);
    const remedy = `give one line of 1 to ${NAME_MAX} characters`;
    if (problem !== undefined) return no(rejection('invalid-value', problem, remedy, field));
  }
  const data = { masterKeyId, at: meta.now, command: meta.command, label, provider, secret };
  return ok({ type: 'MasterKeyRegistered', data });
};
