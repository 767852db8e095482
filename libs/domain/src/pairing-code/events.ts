import type { Happened as HappenedAt } from '../shared/command';
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

interface Happened extends HappenedAt {
  readonly codeId: string;
}

export interface PairingCodeIssued {
  readonly type: 'PairingCodeIssued';
  readonly data: Happened & { readonly settings: CodeSettings; readonly secret: CodeSecret };
}

export interface PairingCodeUpdated {
  readonly type: 'PairingCodeUpdated';
  readonly data: Happened & { readonly changes: readonly SettingChange[] };
}

/** The secret before this one stays valid until `graceUntil`; one that was still in grace before is dead at once. */
export interface PairingCodeRotated {
  readonly type: 'PairingCodeRotated';
  readonly data: Happened & { readonly secret: CodeSecret; readonly graceUntil: UnixMs };
}

export interface PairingCodeSuspended {
  readonly type: 'PairingCodeSuspended';
  readonly data: Happened;
}

export interface PairingCodeResumed {
  readonly type: 'PairingCodeResumed';
  readonly data: Happened;
}

/**
 * A lost code: every older secret is dead at once and a new one lives; id, settings and history stay. ONE event on the
 * code's own stream, because two (revoke here, issue there) could be half accepted and leave nobody or both with a code.
 */
export interface PairingCodeReissued {
  readonly type: 'PairingCodeReissued';
  readonly data: Happened & { readonly secret: CodeSecret };
}

/** Terminal: accepted at whatever revision, and nothing follows it. */
export interface PairingCodeRevoked {
  readonly type: 'PairingCodeRevoked';
  readonly data: Happened;
}

export type PairingCodeEvent =
  | PairingCodeIssued
  | PairingCodeUpdated
  | PairingCodeRotated
  | PairingCodeSuspended
  | PairingCodeResumed
  | PairingCodeReissued
  | PairingCodeRevoked;
