import { type CommandRef, type Happened, remember } from '../shared/command';
import type { UnixMs } from '../shared/time';
import type { MasterKeyEvent, MasterKeyRegistered, SecretReference } from './events';

interface Registered {
  readonly masterKeyId: string;
  readonly label: string;
  readonly provider: string;
  readonly secret: SecretReference;
  readonly registeredAt: UnixMs;
  readonly commands: readonly CommandRef[];
}

export type LivingMasterKey = Registered & { readonly status: 'active' | 'disabled' };

export type MasterKey =
  { readonly status: 'unregistered' } | (Registered & { readonly status: 'active' | 'disabled' | 'revoked' });

export const unregistered: MasterKey = { status: 'unregistered' };

/** Folds one event; total, and a revoked key never comes back. */
export const evolveMasterKey = (state: MasterKey, event: MasterKeyEvent): MasterKey => {
  if (state.status === 'unregistered') return event.type === 'MasterKeyRegistered' ? registered(event) : state;
  return isLiving(state) ? changed(state, event) : state;
};

const isLiving = (state: MasterKey): state is LivingMasterKey =>
  state.status === 'active' || state.status === 'disabled';

const registered = ({ data: { at, command, ...facts } }: MasterKeyRegistered): MasterKey => ({
  status: 'active',
  ...facts,
  registeredAt: at,
  commands: remember([], command),
});

const changed = (state: LivingMasterKey, event: MasterKeyEvent): MasterKey => {
  switch (event.type) {
    case 'MasterKeyDisabled':
      return { ...noted(state, event.data), status: 'disabled' };
    case 'MasterKeyEnabled':
      return { ...noted(state, event.data), status: 'active' };
    case 'MasterKeyRotated':
      return { ...noted(state, event.data), secret: event.data.secret };
    case 'MasterKeyRevoked':
      return { ...noted(state, event.data), status: 'revoked' };
    default:
      return state;
  }
};

const noted = (state: LivingMasterKey, { command }: Happened): LivingMasterKey => ({
  ...state,
  commands: remember(state.commands, command),
});
