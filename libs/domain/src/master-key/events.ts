import type { Happened as HappenedAt } from '../shared/command';

/** Where the value lies: a name in the secret store and its version. The value itself never comes here. */
export interface SecretReference {
  readonly name: string;
  readonly version: string;
}

interface Happened extends HappenedAt {
  readonly masterKeyId: string;
}

export interface MasterKeyRegistered {
  readonly type: 'MasterKeyRegistered';
  readonly data: Happened & { readonly label: string; readonly provider: string; readonly secret: SecretReference };
}

/** No code under this key is allowed for the time being. */
export interface MasterKeyDisabled {
  readonly type: 'MasterKeyDisabled';
  readonly data: Happened;
}

export interface MasterKeyEnabled {
  readonly type: 'MasterKeyEnabled';
  readonly data: Happened;
}

/** The provider gave the key another value; codes do not notice. */
export interface MasterKeyRotated {
  readonly type: 'MasterKeyRotated';
  readonly data: Happened & { readonly secret: SecretReference };
}

/** Terminal: accepted at whatever revision, and nothing follows it. Every code under the key is dead with it. */
export interface MasterKeyRevoked {
  readonly type: 'MasterKeyRevoked';
  readonly data: Happened;
}

export type MasterKeyEvent =
  MasterKeyRegistered | MasterKeyDisabled | MasterKeyEnabled | MasterKeyRotated | MasterKeyRevoked;
