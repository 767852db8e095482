import type { Rejection } from '@openclaw/domain';
import type { ErrorCode } from './error-codes';

/** The kinds of things that commands are about. */
export type CommandTarget =
  'pairing-code' | 'master-key' | 'operator' | 'target-service' | 'subscription' | 'detection-settings' | 'alert';

/** The error code of a business no. Its field, problem and remedy go into the details. Total. */
export const errorOfRejection = (target: CommandTarget, { code }: Pick<Rejection, 'code'>): ErrorCode => {
  switch (code) {
    case 'invalid-value':
      return 'openclaw.request.invalid';
    case 'command-id-reused':
      return 'openclaw.request.idempotency-key-reused';
    default:
      return `openclaw.${target}.${code}`;
  }
};
