import type { Outgoing, issuerV1 } from '@openclaw/contracts';
import { wordOf } from '../grpc/wire-values';
import type { ReceiptView } from './receipt.view';

const WAITS = { log: 'REVOCATION_WAIT_LOG', all: 'REVOCATION_WAIT_VALIDATORS' } as const;

export const waitOf = (wait: issuerV1.RevocationWait): 'log' | 'all' => wordOf(WAITS, wait, 'wait') ?? 'log';

const STATES = {
  done: 'VALIDATOR_RECEIPT_STATE_DONE',
  expired: 'VALIDATOR_RECEIPT_STATE_EXPIRED',
  missing: 'VALIDATOR_RECEIPT_STATE_MISSING',
} as const;

/** A receipt as a message. */
export const receiptMessage = (receipt: ReceiptView): Outgoing<issuerV1.RevocationReceipt> => ({
  complete: receipt.complete,
  validators: (['done', 'expired', 'missing'] as const).flatMap((state) =>
    receipt[state].map(({ validator, incarnation }) => ({ validator, incarnation, state: STATES[state] })),
  ),
});
