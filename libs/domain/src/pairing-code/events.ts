import type { CommandRef } from '../shared/command';
import type { UnixMs } from '../shared/time';
import type { CodeSettings, SettingName } from './settings';

/** The stored form of a secret code: an HMAC and the id of its pepper. The plain code never enters the domain. */
export interface CodeSecret {
  readonly codeHash: string;
  readonly pepperKeyId: string;
}

/** Old and new value of one setting, for the trail. */
export interface SettingChange {
  readonly setting: SettingName;
  readonly before: CodeSettings[SettingName];
  readonly after: CodeSettings[SettingName];
}

interface Happened {
  readonly codeId: string;
  readonly at: UnixMs;
  readonly command: CommandRef;
}

export type PairingCodeEvent =
  | { readonly type: 'PairingCodeIssued'; readonly data: Happened & { readonly settings: CodeSettings; readonly secret: CodeSecret } }
  | { readonly type: 'PairingCodeUpdated'; readonly data: Happened & { readonly changes: readonly SettingChange[] } }
  | {
      readonly type: 'PairingCodeRotated';
      /** The old secret stays valid until `graceUntil`. */
      readonly data: Happened & { readonly secret: CodeSecret; readonly graceUntil: UnixMs };
    }
  | { readonly type: 'PairingCodeSuspended'; readonly data: Happened }
  | { readonly type: 'PairingCodeResumed'; readonly data: Happened }
  | {
      readonly type: 'PairingCodeReissued';
      /** A lost code: every older secret is dead at once and a new one lives, in one event; settings and id stay. */
      readonly data: Happened & { readonly secret: CodeSecret };
    }
  /** Terminal: accepted at whatever revision, and nothing follows it. */
  | { readonly type: 'PairingCodeRevoked'; readonly data: Happened };
