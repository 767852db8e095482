import type { RejectionCode } from '@openclaw/domain';
import { isErrorCode } from './error-codes';
import { errorOfRejection, type CommandTarget } from './rejections';

const TARGETS: readonly CommandTarget[] = ['pairing-code', 'master-key', 'operator', 'target-service', 'subscription'];
/** Does not compile while a rejection of the domain is missing. */
const CODES: Readonly<Record<RejectionCode, true>> = {
  'not-found': true,
  'already-exists': true,
  'already-ended': true,
  'invalid-value': true,
  'would-widen': true,
  'wrong-state': true,
  'command-id-reused': true,
};

describe('error code of a rejection', () => {
  it.each(TARGETS.flatMap((target) => Object.keys(CODES).map((code) => [target, code as RejectionCode] as const)))(
    'exists for %s / %s',
    (target, code) => expect(isErrorCode(errorOfRejection(target, { code }))).toBe(true),
  );
});
