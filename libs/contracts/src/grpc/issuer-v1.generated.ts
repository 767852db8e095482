// Generated from openclaw/issuer/v1/*.proto: change that, then run the spec of generate/ with OPENCLAW_UPDATE_GOLDEN=1.
import type { Duration, FieldMask, Timestamp } from './well-known';

export type OperatorRole =
  | 'OPERATOR_ROLE_UNSPECIFIED'
  | 'OPERATOR_ROLE_ADMIN'
  | 'OPERATOR_ROLE_ISSUER'
  | 'OPERATOR_ROLE_AUDITOR'
  | 'OPERATOR_ROLE_RESPONDER';

export type OperatorState = 'OPERATOR_STATE_UNSPECIFIED' | 'OPERATOR_STATE_ACTIVE' | 'OPERATOR_STATE_REMOVED';

export type TargetServiceState =
  'TARGET_SERVICE_STATE_UNSPECIFIED' | 'TARGET_SERVICE_STATE_OFFERED' | 'TARGET_SERVICE_STATE_RETIRED';

export type DetectionRule =
  | 'DETECTION_RULE_UNSPECIFIED'
  | 'DETECTION_RULE_REPEATED_REFUSALS'
  | 'DETECTION_RULE_REQUEST_RATE'
  | 'DETECTION_RULE_OUTSIDE_USE';

export type AlertState =
  'ALERT_STATE_UNSPECIFIED' | 'ALERT_STATE_OPEN' | 'ALERT_STATE_ACKNOWLEDGED' | 'ALERT_STATE_CLOSED';

export type AlertResolution =
  | 'ALERT_RESOLUTION_UNSPECIFIED'
  | 'ALERT_RESOLUTION_TRUE_POSITIVE'
  | 'ALERT_RESOLUTION_FALSE_POSITIVE'
  | 'ALERT_RESOLUTION_BENIGN';

export type MasterKeyState =
  'MASTER_KEY_STATE_UNSPECIFIED' | 'MASTER_KEY_STATE_ACTIVE' | 'MASTER_KEY_STATE_DISABLED' | 'MASTER_KEY_STATE_REVOKED';

export type CodeState =
  'CODE_STATE_UNSPECIFIED' | 'CODE_STATE_ACTIVE' | 'CODE_STATE_SUSPENDED' | 'CODE_STATE_REVOKED' | 'CODE_STATE_EXPIRED';

export type BulkRevocationOutcome =
  | 'BULK_REVOCATION_OUTCOME_UNSPECIFIED'
  | 'BULK_REVOCATION_OUTCOME_REVOKED'
  | 'BULK_REVOCATION_OUTCOME_ALREADY_REVOKED'
  | 'BULK_REVOCATION_OUTCOME_FAILED';

export type RevocationWait = 'REVOCATION_WAIT_UNSPECIFIED' | 'REVOCATION_WAIT_LOG' | 'REVOCATION_WAIT_VALIDATORS';

export type ValidatorReceiptState =
  | 'VALIDATOR_RECEIPT_STATE_UNSPECIFIED'
  | 'VALIDATOR_RECEIPT_STATE_DONE'
  | 'VALIDATOR_RECEIPT_STATE_EXPIRED'
  | 'VALIDATOR_RECEIPT_STATE_MISSING';

export interface Operator {
  readonly operatorId: string;
  readonly name: string;
  readonly roles: readonly OperatorRole[];
  readonly state: OperatorState;
  readonly revision: number;
}

export interface AddOperatorRequest {
  readonly idempotencyKey: string;
  readonly name: string;
  readonly roles: readonly OperatorRole[];
  readonly reason: string;
}

export interface AddOperatorResponse {
  readonly operator: Operator | null;
  readonly token: string;
  readonly position: string;
}

export interface GetOperatorRequest {
  readonly operatorId: string;
}

export interface GetOperatorResponse {
  readonly operator: Operator | null;
}

export interface ListOperatorsRequest {
  readonly state: OperatorState;
}

export interface ListOperatorsResponse {
  readonly operators: readonly Operator[];
}

export interface ChangeOperatorRolesRequest {
  readonly idempotencyKey: string;
  readonly operatorId: string;
  readonly expectedRevision: number;
  readonly roles: readonly OperatorRole[];
  readonly reason: string;
}

export interface ChangeOperatorRolesResponse {
  readonly operator: Operator | null;
  readonly position: string;
}

export interface RotateOperatorTokenRequest {
  readonly idempotencyKey: string;
  readonly operatorId: string;
  readonly expectedRevision: number;
  readonly reason: string;
}

export interface RotateOperatorTokenResponse {
  readonly operator: Operator | null;
  readonly token: string;
  readonly position: string;
}

export interface RemoveOperatorRequest {
  readonly idempotencyKey: string;
  readonly operatorId: string;
  readonly reason: string;
}

export interface RemoveOperatorResponse {
  readonly operator: Operator | null;
  readonly position: string;
}

export type GetOwnAccessRequest = Readonly<Record<string, never>>;

export interface GetOwnAccessResponse {
  readonly operator: Operator | null;
}

export interface RotateOwnTokenRequest {
  readonly idempotencyKey: string;
  readonly reason: string;
}

export interface RotateOwnTokenResponse {
  readonly operator: Operator | null;
  readonly token: string;
  readonly position: string;
}

export interface TargetService {
  readonly service: string;
  readonly title: string;
  readonly resources: readonly string[];
  readonly actions: readonly string[];
  readonly state: TargetServiceState;
  readonly revision: number;
}

export interface RegisterServiceRequest {
  readonly idempotencyKey: string;
  readonly service: string;
  readonly title: string;
  readonly resources: readonly string[];
  readonly actions: readonly string[];
  readonly reason: string;
}

export interface RegisterServiceResponse {
  readonly service: TargetService | null;
  readonly position: string;
}

export interface GetServiceRequest {
  readonly service: string;
}

export interface GetServiceResponse {
  readonly service: TargetService | null;
}

export type ListServicesRequest = Readonly<Record<string, never>>;

export interface ListServicesResponse {
  readonly services: readonly TargetService[];
}

export interface NameList {
  readonly names: readonly string[];
}

export interface ChangeServiceRequest {
  readonly idempotencyKey: string;
  readonly service: string;
  readonly expectedRevision: number;
  readonly title?: string;
  readonly resources: NameList | null;
  readonly actions: NameList | null;
  readonly reason: string;
}

export interface ChangeServiceResponse {
  readonly service: TargetService | null;
  readonly position: string;
}

export interface RetireServiceRequest {
  readonly idempotencyKey: string;
  readonly service: string;
  readonly expectedRevision: number;
  readonly reason: string;
}

export interface RetireServiceResponse {
  readonly service: TargetService | null;
  readonly position: string;
}

export interface Subscription {
  readonly account: string;
  readonly scopes: readonly string[];
  readonly revision: number;
}

export interface GetSubscriptionRequest {
  readonly account: string;
}

export interface GetSubscriptionResponse {
  readonly subscription: Subscription | null;
}

export type ListSubscriptionsRequest = Readonly<Record<string, never>>;

export interface ListSubscriptionsResponse {
  readonly subscriptions: readonly Subscription[];
}

export interface SubscribeRequest {
  readonly idempotencyKey: string;
  readonly account: string;
  readonly expectedRevision: number;
  readonly scopes: readonly string[];
  readonly reason: string;
}

export interface SubscribeResponse {
  readonly subscription: Subscription | null;
  readonly position: string;
}

export interface UnsubscribeRequest {
  readonly idempotencyKey: string;
  readonly account: string;
  readonly expectedRevision: number;
  readonly scopes: readonly string[];
  readonly reason: string;
}

export interface UnsubscribeResponse {
  readonly subscription: Subscription | null;
  readonly position: string;
}

export interface DetectionSettings {
  readonly repeatedRefusals: RepeatedRefusalsRule | null;
  readonly requestRate: RequestRateRule | null;
  readonly outsideUse: OutsideUseRule | null;
  readonly mutes: readonly Mute[];
}

export interface RepeatedRefusalsRule {
  readonly enabled: boolean;
  readonly refusalsMin: number;
  readonly window: Duration | null;
}

export interface RequestRateRule {
  readonly enabled: boolean;
  readonly requestsPerHourMax: number;
}

export interface OutsideUseRule {
  readonly enabled: boolean;
  readonly quiet: Duration | null;
}

export interface Mute {
  readonly entity: string;
  readonly rule: DetectionRule;
  readonly until: Timestamp | null;
}

export type GetDetectionSettingsRequest = Readonly<Record<string, never>>;

export interface GetDetectionSettingsResponse {
  readonly settings: DetectionSettings | null;
  readonly revision: number;
}

export interface ChangeDetectionSettingsRequest {
  readonly idempotencyKey: string;
  readonly expectedRevision: number;
  readonly updateMask: FieldMask | null;
  readonly settings: DetectionSettings | null;
  readonly reason: string;
}

export interface ChangeDetectionSettingsResponse {
  readonly settings: DetectionSettings | null;
  readonly revision: number;
  readonly position: string;
}

export interface AlertHandling {
  readonly alertUid: string;
  readonly state: AlertState;
  readonly acknowledgedBy: string;
  readonly acknowledgedAt: Timestamp | null;
  readonly closedBy: string;
  readonly closedAt: Timestamp | null;
  readonly resolution: AlertResolution;
  readonly revision: number;
}

export interface AcknowledgeAlertRequest {
  readonly idempotencyKey: string;
  readonly alertUid: string;
  readonly reason: string;
}

export interface AcknowledgeAlertResponse {
  readonly handling: AlertHandling | null;
  readonly position: string;
}

export interface CloseAlertRequest {
  readonly idempotencyKey: string;
  readonly alertUid: string;
  readonly resolution: AlertResolution;
  readonly reason: string;
}

export interface CloseAlertResponse {
  readonly handling: AlertHandling | null;
  readonly position: string;
}

export interface MasterKey {
  readonly masterKeyId: string;
  readonly label: string;
  readonly provider: string;
  readonly state: MasterKeyState;
  readonly registeredAt: Timestamp | null;
  readonly registeredBy: string;
  readonly revision: number;
  readonly secret: SecretReference | null;
}

export interface SecretReference {
  readonly name: string;
  readonly version: string;
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
  readonly secretRef: string;
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
  readonly state: MasterKeyState;
}

export interface ListMasterKeysResponse {
  readonly masterKeys: readonly MasterKey[];
  readonly nextPageToken: string;
  readonly notUnderstood: readonly string[];
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
  readonly secretRef: string;
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
  readonly expiresIn: Duration | null;
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
  readonly owner: string;
  readonly tag: string;
  readonly expiringWithin: Duration | null;
  readonly noExpiry?: boolean;
  readonly neverUsed?: boolean;
}

export interface ListCodesResponse {
  readonly codes: readonly PairingCode[];
  readonly nextPageToken: string;
  readonly notUnderstood: readonly string[];
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

export interface BulkRevokeCodesRequest {
  readonly idempotencyKey: string;
  readonly owner: string;
  readonly tag: string;
  readonly masterKeyId: string;
  readonly reason: string;
}

export interface BulkRevokeCodesResponse {
  readonly results: readonly BulkRevocation[];
  readonly notUnderstood: readonly string[];
}

export interface BulkRevocation {
  readonly codeId: string;
  readonly outcome: BulkRevocationOutcome;
  readonly errorCode: string;
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
