import type {
  AdminRosterEvent,
  AlertHandlingEvent,
  DetectionSettingsEvent,
  MasterKeyEvent,
  OperatorEvent,
  PairingCodeEvent,
  RedemptionEvent,
  SubscriptionEvent,
  TargetServiceEvent,
} from '@openclaw/domain';
import type { z } from 'zod';
import { Upcasters } from '../upcasters/upcaster';
import * as administration from './administration.schemas';
import { bodyCodec, type BodyCodec } from './body-codec';
import { ends, event, type BodyForms } from './body-form';
import * as detection from './detection.schemas';
import * as log from './log.schemas';
import { assertNothingLost } from './nothing-lost';
import * as code from './pairing-code.schemas';
import * as redemption from './redemption.schemas';

/** What the event log says about itself. */
export type LogEvent =
  | { readonly type: 'LogOpened'; readonly data: Readonly<z.infer<typeof log.logOpened>> }
  | { readonly type: 'WriterStarted'; readonly data: Readonly<z.infer<typeof log.writerStarted>> };

/** Everything on the lifecycle topic, and the claims on the redemptions topic. */
export type DomainEvent =
  | PairingCodeEvent
  | MasterKeyEvent
  | OperatorEvent
  | AdminRosterEvent
  | SubscriptionEvent
  | TargetServiceEvent
  | RedemptionEvent
  | DetectionSettingsEvent
  | AlertHandlingEvent
  | LogEvent;

const forms: BodyForms<DomainEvent> = {
  PairingCodeIssued: event('openclaw.pairing-code.issued.v1', code.pairingCodeIssued),
  PairingCodeUpdated: event('openclaw.pairing-code.updated.v1', code.pairingCodeUpdated),
  PairingCodeRotated: event('openclaw.pairing-code.rotated.v1', code.pairingCodeRotated),
  PairingCodeSuspended: event('openclaw.pairing-code.suspended.v1', code.pairingCodeSuspended),
  PairingCodeResumed: event('openclaw.pairing-code.resumed.v1', code.pairingCodeResumed),
  PairingCodeReissued: event('openclaw.pairing-code.reissued.v1', code.pairingCodeReissued),
  PairingCodeRevoked: ends('openclaw.pairing-code.revoked.v1', code.pairingCodeRevoked),

  MasterKeyRegistered: event('openclaw.master-key.registered.v1', administration.masterKeyRegistered),
  MasterKeyDisabled: event('openclaw.master-key.disabled.v1', administration.masterKeyDisabled),
  MasterKeyEnabled: event('openclaw.master-key.enabled.v1', administration.masterKeyEnabled),
  MasterKeyRotated: event('openclaw.master-key.rotated.v1', administration.masterKeyRotated),
  MasterKeyRevoked: ends('openclaw.master-key.revoked.v1', administration.masterKeyRevoked),

  OperatorAdded: event('openclaw.operator.added.v1', administration.operatorAdded),
  OperatorRolesChanged: event('openclaw.operator.roles-changed.v1', administration.operatorRolesChanged),
  OperatorTokenReplaced: event('openclaw.operator.token-replaced.v1', administration.operatorTokenReplaced),
  OperatorRemoved: ends('openclaw.operator.removed.v1', administration.operatorRemoved),

  AdminEnrolled: event('openclaw.admin-roster.enrolled.v1', administration.adminEnrolled),
  AdminWithdrawn: event('openclaw.admin-roster.withdrawn.v1', administration.adminWithdrawn),

  TargetServiceRegistered: event('openclaw.target-service.registered.v1', administration.targetServiceRegistered),
  TargetServiceChanged: event('openclaw.target-service.changed.v1', administration.targetServiceChanged),
  TargetServiceRetired: event('openclaw.target-service.retired.v1', administration.targetServiceRetired),

  SubscriptionChanged: event('openclaw.subscription.changed.v1', administration.subscriptionChanged),

  CodeRedeemed: event('openclaw.redemption.code-redeemed.v1', redemption.codeRedeemed),
  UsesReserved: event('openclaw.redemption.uses-reserved.v1', redemption.usesReserved),
  UseNoted: event('openclaw.redemption.use-noted.v1', redemption.useNoted),

  DetectionSettingsChanged: event('openclaw.detection-settings.changed.v1', detection.detectionSettingsChanged),
  AlertAcknowledged: event('openclaw.alert-handling.acknowledged.v1', detection.alertAcknowledged),
  AlertClosed: event('openclaw.alert-handling.closed.v1', detection.alertClosed),

  LogOpened: event('openclaw.log.opened.v1', log.logOpened),
  WriterStarted: event('openclaw.log.writer-started.v1', log.writerStarted),
};

/** Steps from each older version to the next; none yet. What an absent member meant stands in the schema (`default`). */
const upcasters = new Upcasters([]);

const codec = bodyCodec<DomainEvent>(forms, upcasters);

export const domainCodec: BodyCodec<DomainEvent> = {
  ...codec,
  encode: (its) => assertNothingLost(its, codec.encode(its)),
};

/** The body of an event, for `EventLog.append`; claim `terminal` when it says so. See `BodyCodec.encode`. */
export const encodeBody = domainCodec.encode;

/** The event of a body of any version, or why it is not understood (quarantine its stream). See `BodyCodec.decode`. */
export const decodeBody = domainCodec.decode;
