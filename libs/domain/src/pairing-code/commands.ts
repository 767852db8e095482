import type { CommandMeta } from '../shared/command';
import type { Milliseconds } from '../shared/time';
import type { CodeSecret } from './events';
import type { CodeChanges, CodeSettings } from './settings';

export interface IssueCode {
  readonly type: 'IssueCode';
  readonly meta: CommandMeta;
  readonly codeId: string;
  readonly settings: CodeSettings;
  readonly secret: CodeSecret;
}

export interface UpdateCode {
  readonly type: 'UpdateCode';
  readonly meta: CommandMeta;
  readonly changes: CodeChanges;
  /** The caller holds the right to widen; without it only narrowing passes. */
  readonly mayWiden: boolean;
}

/** A new secret for the same code. The old one goes on for `graceMs`, so that its users can change over. */
export interface RotateCode {
  readonly type: 'RotateCode';
  readonly meta: CommandMeta;
  readonly secret: CodeSecret;
  readonly graceMs: Milliseconds;
}

export interface SuspendCode {
  readonly type: 'SuspendCode';
  readonly meta: CommandMeta;
}

export interface ResumeCode {
  readonly type: 'ResumeCode';
  readonly meta: CommandMeta;
}

/** The secret is lost or leaked: a new one, and no grace for any older one. */
export interface ReissueCode {
  readonly type: 'ReissueCode';
  readonly meta: CommandMeta;
  readonly secret: CodeSecret;
}

export interface RevokeCode {
  readonly type: 'RevokeCode';
  readonly meta: CommandMeta;
}

/** What can be asked of a code once it is issued. */
export type ChangeCode = UpdateCode | RotateCode | SuspendCode | ResumeCode | ReissueCode | RevokeCode;
export type PairingCodeCommand = IssueCode | ChangeCode;
