import type { CommandMeta } from '../shared/command';
import type { SecretReference } from './events';

/** Puts a key under management, by reference: its value lies in the secret store already. */
export interface RegisterMasterKey {
  readonly type: 'RegisterMasterKey';
  readonly meta: CommandMeta;
  readonly masterKeyId: string;
  readonly label: string;
  readonly provider: string;
  readonly secret: SecretReference;
}

export interface DisableMasterKey {
  readonly type: 'DisableMasterKey';
  readonly meta: CommandMeta;
}

export interface EnableMasterKey {
  readonly type: 'EnableMasterKey';
  readonly meta: CommandMeta;
}

export interface RotateMasterKey {
  readonly type: 'RotateMasterKey';
  readonly meta: CommandMeta;
  readonly secret: SecretReference;
}

export interface RevokeMasterKey {
  readonly type: 'RevokeMasterKey';
  readonly meta: CommandMeta;
}

/** What can be asked of a key once it is registered. */
export type ChangeMasterKey = DisableMasterKey | EnableMasterKey | RotateMasterKey | RevokeMasterKey;
export type MasterKeyCommand = RegisterMasterKey | ChangeMasterKey;
