// Generated from openclaw/issuer/v1/issuer.proto: change that, then run the spec of generate/ with OPENCLAW_UPDATE_GOLDEN=1.
import type { Duration, FieldMask, Timestamp } from './well-known';

export type MasterKeyState =
  'MASTER_KEY_STATE_UNSPECIFIED' | 'MASTER_KEY_STATE_ACTIVE' | 'MASTER_KEY_STATE_DISABLED' | 'MASTER_KEY_STATE_REVOKED';

export type CodeState =
  'CODE_STATE_UNSPECIFIED' | 'CODE_STATE_ACTIVE' | 'CODE_STATE_SUSPENDED' | 'CODE_STATE_REVOKED' | 'CODE_STATE_EXPIRED';

export type RevocationWait = 'REVOCATION_WAIT_UNSPECIFIED' | 'REVOCATION_WAIT_LOG' | 'REVOCATION_WAIT_VALIDATORS';

export type ValidatorReceiptState =
  | 'VALIDATOR_RECEIPT_STATE_UNSPECIFIED'
  | 'VALIDATOR_RECEIPT_STATE_DONE'
  | 'VALIDATOR_RECEIPT_STATE_EXPIRED'
  | 'VALIDATOR_RECEIPT_STATE_MISSING';

export interface MasterKey {
  readonly masterKeyId: string;
  readonly label: string;
  readonly provider: string;
  readonly state: MasterKeyState;
  readonly registeredAt: Timestamp | null;
  readonly registeredBy: string;
  readonly revision: number;
}

export interface PairingCode {
  readonly codeId: string;
  readonly state: CodeState;
  readonly settings: CodeSettings | null;
  readonly issuedAt: Timestamp | null;
  readonly issuedBy: string;
  readonly graceUntil: Timestamp | null;
  readonly revokedAt: Timestamp | null;
  readonly stateReason: string;
  readonly revision: number;
}

export interface CodeSettings {
  readonly masterKeyId: string;
  readonly label: string;
  readonly owner: string;
  readonly purpose: string;
  readonly tags: readonly string[];
  readonly scopes: readonly string[];
  readonly ipAllowList: readonly string[];
  readonly notBefore: Timestamp | null;
  readonly expiresAt: Timestamp | null;
  readonly idleTimeout: Duration | null;
  readonly sessionLimit: Duration | null;
  readonly usesMax?: number;
  readonly rateLimits: RateLimits | null;
  readonly freshnessBound: Duration | null;
}

export interface RateLimits {
  readonly perMinute?: number;
  readonly perHour?: number;
  readonly perDay?: number;
}

export interface RegisterMasterKeyRequest {
  readonly idempotencyKey: string;
  readonly label: string;
  readonly provider: string;
  readonly secret: string;
  readonly reason: string;
}

export interface RegisterMasterKeyResponse {
  readonly masterKey: MasterKey | null;
  readonly position: string;
}

export interface GetMasterKeyRequest {
  readonly masterKeyId: string;
}

export interface GetMasterKeyResponse {
  readonly masterKey: MasterKey | null;
}

export interface ListMasterKeysRequest {
  readonly pageSize: number;
  readonly pageToken: string;
}

export interface ListMasterKeysResponse {
  readonly masterKeys: readonly MasterKey[];
  readonly nextPageToken: string;
}

export interface DisableMasterKeyRequest {
  readonly idempotencyKey: string;
  readonly masterKeyId: string;
  readonly expectedRevision: number;
  readonly reason: string;
}

export interface DisableMasterKeyResponse {
  readonly masterKey: MasterKey | null;
  readonly position: string;
}

export interface EnableMasterKeyRequest {
  readonly idempotencyKey: string;
  readonly masterKeyId: string;
  readonly expectedRevision: number;
  readonly reason: string;
}

export interface EnableMasterKeyResponse {
  readonly masterKey: MasterKey | null;
  readonly position: string;
}

export interface RotateMasterKeyRequest {
  readonly idempotencyKey: string;
  readonly masterKeyId: string;
  readonly expectedRevision: number;
  readonly secret: string;
  readonly reason: string;
}

export interface RotateMasterKeyResponse {
  readonly masterKey: MasterKey | null;
  readonly position: string;
}

export interface RevokeMasterKeyRequest {
  readonly idempotencyKey: string;
  readonly masterKeyId: string;
  readonly reason: string;
  readonly wait: RevocationWait;
}

export interface RevokeMasterKeyResponse {
  readonly masterKey: MasterKey | null;
  readonly position: string;
  readonly receipt: RevocationReceipt | null;
}

export interface IssueCodeRequest {
  readonly idempotencyKey: string;
  readonly settings: CodeSettings | null;
  readonly reason: string;
}

export interface IssueCodeResponse {
  readonly code: PairingCode | null;
  readonly plainCode: string;
  readonly position: string;
}

export interface GetCodeRequest {
  readonly codeId: string;
}

export interface GetCodeResponse {
  readonly code: PairingCode | null;
}

export interface ListCodesRequest {
  readonly pageSize: number;
  readonly pageToken: string;
  readonly masterKeyId: string;
  readonly state: CodeState;
}

export interface ListCodesResponse {
  readonly codes: readonly PairingCode[];
  readonly nextPageToken: string;
}

export interface UpdateCodeRequest {
  readonly idempotencyKey: string;
  readonly codeId: string;
  readonly expectedRevision: number;
  readonly updateMask: FieldMask | null;
  readonly settings: CodeSettings | null;
  readonly reason: string;
}

export interface UpdateCodeResponse {
  readonly code: PairingCode | null;
  readonly position: string;
}

export interface RotateCodeRequest {
  readonly idempotencyKey: string;
  readonly codeId: string;
  readonly expectedRevision: number;
  readonly grace: Duration | null;
  readonly reason: string;
}

export interface RotateCodeResponse {
  readonly code: PairingCode | null;
  readonly plainCode: string;
  readonly position: string;
}

export interface SuspendCodeRequest {
  readonly idempotencyKey: string;
  readonly codeId: string;
  readonly expectedRevision: number;
  readonly reason: string;
}

export interface SuspendCodeResponse {
  readonly code: PairingCode | null;
  readonly position: string;
}

export interface ResumeCodeRequest {
  readonly idempotencyKey: string;
  readonly codeId: string;
  readonly expectedRevision: number;
  readonly reason: string;
}

export interface ResumeCodeResponse {
  readonly code: PairingCode | null;
  readonly position: string;
}

export interface RevokeCodeRequest {
  readonly idempotencyKey: string;
  readonly codeId: string;
  readonly reason: string;
  readonly wait: RevocationWait;
}

export interface RevokeCodeResponse {
  readonly code: PairingCode | null;
  readonly position: string;
  readonly receipt: RevocationReceipt | null;
}

export interface RevocationReceipt {
  readonly complete: boolean;
  readonly validators: readonly ValidatorReceipt[];
}

export interface ValidatorReceipt {
  readonly validator: string;
  readonly incarnation: string;
  readonly state: ValidatorReceiptState;
}

export interface ReissueCodeRequest {
  readonly idempotencyKey: string;
  readonly codeId: string;
  readonly expectedRevision: number;
  readonly reason: string;
}

export interface ReissueCodeResponse {
  readonly code: PairingCode | null;
  readonly plainCode: string;
  readonly position: string;
}
