import { type CommandRef, remember } from '../shared/command';
import type { UnixMs } from '../shared/time';
import type { CodeSecret, PairingCodeEvent, SettingChange } from './events';
import type { CodeSettings } from './settings';

interface Living {
  readonly codeId: string;
  readonly settings: CodeSettings;
  /** The newest secret. */
  readonly secret: CodeSecret;
  /** The one before a rotation, valid until its grace ends. */
  readonly previous: (CodeSecret & { readonly graceUntil: UnixMs }) | undefined;
  readonly issuedAt: UnixMs;
  readonly commands: readonly CommandRef[];
}

export type PairingCode =
  | { readonly status: 'unissued' }
  | (Living & { readonly status: 'active' })
  | (Living & { readonly status: 'suspended' })
  | (Living & { readonly status: 'revoked'; readonly revokedAt: UnixMs });

export const unissued: PairingCode = { status: 'unissued' };

/** Folds one event; total: what makes no sense in a state changes nothing, so that any history can be folded. */
export const evolvePairingCode = (state: PairingCode, event: PairingCodeEvent): PairingCode => {
  if (state.status === 'unissued') return event.type === 'PairingCodeIssued' ? issued(event.data) : state;
  if (state.status === 'revoked') return state;
  return live(state, event);
};

const issued = (data: Extract<PairingCodeEvent, { type: 'PairingCodeIssued' }>['data']): PairingCode => ({
  status: 'active',
  codeId: data.codeId,
  settings: data.settings,
  secret: data.secret,
  previous: undefined,
  issuedAt: data.at,
  commands: remember([], data.command),
});

type LivingCode = Extract<PairingCode, { status: 'active' | 'suspended' }>;

const live = (state: LivingCode, event: PairingCodeEvent): PairingCode => {
  const next = { ...state, commands: remember(state.commands, event.data.command) };
  switch (event.type) {
    case 'PairingCodeUpdated':
      return { ...next, settings: applyChanges(state.settings, event.data.changes) };
    case 'PairingCodeRotated':
      return { ...next, secret: event.data.secret, previous: { ...state.secret, graceUntil: event.data.graceUntil } };
    case 'PairingCodeReissued':
      return { ...next, secret: event.data.secret, previous: undefined };
    case 'PairingCodeSuspended':
      return { ...next, status: 'suspended' };
    case 'PairingCodeResumed':
      return { ...next, status: 'active' };
    case 'PairingCodeRevoked':
      return { ...next, status: 'revoked', revokedAt: event.data.at };
    default:
      return state;
  }
};

const applyChanges = (settings: CodeSettings, changes: readonly SettingChange[]): CodeSettings => ({
  ...settings,
  ...Object.fromEntries(changes.map(({ setting, after }) => [setting, after])),
});
