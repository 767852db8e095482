import { type CommandRef, type Happened, remember } from '../shared/command';
import type { UnixMs } from '../shared/time';
import type { CodeSecret, PairingCodeEvent, PairingCodeIssued, SettingChange } from './events';
import type { CodeSettings } from './settings';

interface Issued {
  readonly codeId: string;
  readonly settings: CodeSettings;
  /** The newest secret. */
  readonly secret: CodeSecret;
  /** The one before a rotation, valid until its grace ends. */
  readonly previous: (CodeSecret & { readonly graceUntil: UnixMs }) | undefined;
  readonly issuedAt: UnixMs;
  readonly commands: readonly CommandRef[];
}

export type LivingCode = Issued & { readonly status: 'active' | 'suspended' };

export type PairingCode =
  | { readonly status: 'unissued' }
  | (Issued & { readonly status: 'active' })
  | (Issued & { readonly status: 'suspended' })
  | (Issued & { readonly status: 'revoked'; readonly revokedAt: UnixMs });

export const unissued: PairingCode = { status: 'unissued' };

/** Folds one event; total: what makes no sense in a state changes nothing, so that any history can be folded. */
export const evolvePairingCode = (state: PairingCode, event: PairingCodeEvent): PairingCode => {
  if (state.status === 'unissued') return event.type === 'PairingCodeIssued' ? issued(event) : state;
  return state.status === 'revoked' ? state : changed(state, event);
};

const issued = ({ data: { codeId, settings, secret, at, command } }: PairingCodeIssued): PairingCode => ({
  status: 'active',
  codeId,
  settings,
  secret,
  previous: undefined,
  issuedAt: at,
  commands: remember([], command),
});

const changed = (state: LivingCode, event: PairingCodeEvent): PairingCode => {
  switch (event.type) {
    case 'PairingCodeUpdated':
      return { ...noted(state, event.data), settings: settingsAfter(state.settings, event.data.changes) };
    case 'PairingCodeRotated': {
      const { secret, graceUntil } = event.data;
      return { ...noted(state, event.data), secret, previous: { ...state.secret, graceUntil } };
    }
    case 'PairingCodeReissued':
      return { ...noted(state, event.data), secret: event.data.secret, previous: undefined };
    case 'PairingCodeSuspended':
      return { ...noted(state, event.data), status: 'suspended' };
    case 'PairingCodeResumed':
      return { ...noted(state, event.data), status: 'active' };
    case 'PairingCodeRevoked':
      return { ...noted(state, event.data), status: 'revoked', revokedAt: event.data.at };
    default:
      return state;
  }
};

const noted = (state: LivingCode, { command }: Happened): LivingCode => ({
  ...state,
  commands: remember(state.commands, command),
});

const settingsAfter = (settings: CodeSettings, changes: readonly SettingChange[]): CodeSettings => ({
  ...settings,
  ...Object.fromEntries(changes.map(({ setting, after }) => [setting, after])),
});
