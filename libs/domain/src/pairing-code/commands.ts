import type { CommandMeta } from '../shared/command';
import type { Milliseconds } from '../shared/time';
import type { CodeSecret } from './events';
import type { CodeChanges, CodeSettings } from './settings';

export type PairingCodeCommand =
  | { readonly type: 'IssueCode'; readonly meta: CommandMeta; readonly codeId: string; readonly settings: CodeSettings; readonly secret: CodeSecret }
  | {
      readonly type: 'UpdateCode';
      readonly meta: CommandMeta;
      readonly changes: CodeChanges;
      /** The caller holds the right to widen; without it only narrowing passes. */
      readonly mayWiden: boolean;
    }
  | { readonly type: 'RotateCode'; readonly meta: CommandMeta; readonly secret: CodeSecret; readonly graceMs: Milliseconds }
  | { readonly type: 'SuspendCode'; readonly meta: CommandMeta }
  | { readonly type: 'ResumeCode'; readonly meta: CommandMeta }
  | { readonly type: 'ReissueCode'; readonly meta: CommandMeta; readonly secret: CodeSecret }
  | { readonly type: 'RevokeCode'; readonly meta: CommandMeta };
