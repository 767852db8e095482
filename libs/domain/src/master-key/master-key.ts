import { type CommandMeta, type CommandRef, remember, seenBefore } from '../shared/command';
import type { Decided, Decider } from '../shared/decider';
import { exhaustive } from '../shared/exhaustive';
import { rejection } from '../shared/rejection';
import { no, ok } from '../shared/result';
import type { UnixMs } from '../shared/time';

/** Where the value lies: a name in the secret store and its version. The value itself never comes here. */
export interface SecretReference {
  readonly name: string;
  readonly version: string;
}

interface Happened {
  readonly masterKeyId: string;
  readonly at: UnixMs;
  readonly command: CommandRef;
}

export type MasterKeyEvent =
  | {
      readonly type: 'MasterKeyRegistered';
      readonly data: Happened & { readonly label: string; readonly provider: string; readonly secret: SecretReference };
    }
  | { readonly type: 'MasterKeyDisabled'; readonly data: Happened }
  | { readonly type: 'MasterKeyEnabled'; readonly data: Happened }
  | { readonly type: 'MasterKeyRotated'; readonly data: Happened & { readonly secret: SecretReference } }
  /** Terminal. */
  | { readonly type: 'MasterKeyRevoked'; readonly data: Happened };

export type MasterKeyCommand =
  | {
      readonly type: 'RegisterMasterKey';
      readonly meta: CommandMeta;
      readonly masterKeyId: string;
      readonly label: string;
      readonly provider: string;
      readonly secret: SecretReference;
    }
  | { readonly type: 'DisableMasterKey'; readonly meta: CommandMeta }
  | { readonly type: 'EnableMasterKey'; readonly meta: CommandMeta }
  | { readonly type: 'RotateMasterKey'; readonly meta: CommandMeta; readonly secret: SecretReference }
  | { readonly type: 'RevokeMasterKey'; readonly meta: CommandMeta };

interface Registered {
  readonly masterKeyId: string;
  readonly label: string;
  readonly provider: string;
  readonly secret: SecretReference;
  readonly registeredAt: UnixMs;
  readonly commands: readonly CommandRef[];
}

export type MasterKey =
  | { readonly status: 'unregistered' }
  | (Registered & { readonly status: 'active' | 'disabled' | 'revoked' });

type Known = Exclude<MasterKey, { status: 'unregistered' }>;

/** Total; a revoked key never comes back. */
export const evolveMasterKey = (state: MasterKey, event: MasterKeyEvent): MasterKey => {
  if (state.status === 'unregistered') return event.type === 'MasterKeyRegistered' ? registered(event.data) : state;
  if (state.status === 'revoked') return state;
  const next = { ...state, commands: remember(state.commands, event.data.command) };
  switch (event.type) {
    case 'MasterKeyDisabled':
      return { ...next, status: 'disabled' };
    case 'MasterKeyEnabled':
      return { ...next, status: 'active' };
    case 'MasterKeyRotated':
      return { ...next, secret: event.data.secret };
    case 'MasterKeyRevoked':
      return { ...next, status: 'revoked' };
    default:
      return state;
  }
};

const registered = ({ at, command, ...data }: Extract<MasterKeyEvent, { type: 'MasterKeyRegistered' }>['data']): MasterKey => ({
  status: 'active',
  ...data,
  registeredAt: at,
  commands: remember([], command),
});

export const decideMasterKey = (command: MasterKeyCommand, state: MasterKey): Decided<MasterKeyEvent> => {
  if (state.status === 'unregistered') return command.type === 'RegisterMasterKey' ? register(command) : no(NOT_FOUND);
  const seen = seenBefore(state.commands, command.meta.command);
  if (seen === 'repeated') return ok(undefined);
  if (seen !== 'new') return no(seen);
  if (state.status === 'revoked') return command.type === 'RevokeMasterKey' ? ok(undefined) : no(REVOKED);
  return decideKnown(command, state);
};

const NOT_FOUND = rejection('not-found', 'there is no such master key', 'register it first', 'masterKeyId');
const REVOKED = rejection('already-ended', 'the master key is revoked, for good', 'register a new one', 'masterKeyId');
const NAME_MAX = 200;

const register = ({ meta, label, provider, masterKeyId, secret }: Extract<MasterKeyCommand, { type: 'RegisterMasterKey' }>): Decided<MasterKeyEvent> => {
  for (const [field, value] of [['label', label], ['provider', provider]] as const) {
    if (value.length === 0 || value.length > NAME_MAX) {
      return no(rejection('invalid-value', 'empty or too long', `give 1 to ${NAME_MAX} characters`, field));
    }
  } // prettier-ignore
  const data = { masterKeyId, at: meta.now, command: meta.command, label, provider, secret };
  return ok({ type: 'MasterKeyRegistered', data });
};

const decideKnown = (command: MasterKeyCommand, state: Known): Decided<MasterKeyEvent> => {
  const data = { masterKeyId: state.masterKeyId, at: command.meta.now, command: command.meta.command };
  switch (command.type) {
    case 'RegisterMasterKey':
      return no(rejection('already-exists', 'this master key id is taken', 'use a new id'));
    case 'DisableMasterKey':
      return ok(state.status === 'disabled' ? undefined : { type: 'MasterKeyDisabled', data });
    case 'EnableMasterKey':
      return ok(state.status === 'active' ? undefined : { type: 'MasterKeyEnabled', data });
    case 'RotateMasterKey':
      return ok({ type: 'MasterKeyRotated', data: { ...data, secret: command.secret } });
    case 'RevokeMasterKey':
      return ok({ type: 'MasterKeyRevoked', data });
    default:
      return exhaustive(command);
  }
};

export const masterKey: Decider<MasterKey, MasterKeyCommand, MasterKeyEvent> = {
  initialState: { status: 'unregistered' },
  evolve: evolveMasterKey,
  decide: decideMasterKey,
};
