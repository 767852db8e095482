import type { Outgoing, issuerV1 } from '@openclaw/contracts';
import { timestampOf } from '../grpc/wire-values';
import type { MasterKeyView } from './master-key.view';

export const MASTER_KEY_STATES = {
  active: 'MASTER_KEY_STATE_ACTIVE',
  disabled: 'MASTER_KEY_STATE_DISABLED',
  revoked: 'MASTER_KEY_STATE_REVOKED',
} as const satisfies Readonly<Record<MasterKeyView['status'], issuerV1.MasterKeyState>>;

/** A master key as a message. */
export const masterKeyMessage = (key: MasterKeyView): Outgoing<issuerV1.MasterKey> => {
  const { masterKeyId, label, provider, registeredBy, revision, secret } = key;
  return {
    ...{ masterKeyId, label, provider, registeredBy, revision, secret },
    state: MASTER_KEY_STATES[key.status],
    registeredAt: timestampOf(key.registeredAt),
  };
};

/** A written master key with its position. */
export const writtenMasterKey = (
  key: MasterKeyView & { readonly position: string },
): Outgoing<issuerV1.RegisterMasterKeyResponse> => ({ masterKey: masterKeyMessage(key), position: key.position });
