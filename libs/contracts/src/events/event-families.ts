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
import type { DomainEvent } from './domain.events';

/** Families of events by the beginning of their names, for folds that care for one kind of stream. */
export const isPairingCodeEvent = (event: DomainEvent): event is PairingCodeEvent =>
  event.type.startsWith('PairingCode');
export const isMasterKeyEvent = (event: DomainEvent): event is MasterKeyEvent => event.type.startsWith('MasterKey');
export const isOperatorEvent = (event: DomainEvent): event is OperatorEvent => event.type.startsWith('Operator');
export const isAdminRosterEvent = (event: DomainEvent): event is AdminRosterEvent => event.type.startsWith('Admin');
export const isTargetServiceEvent = (event: DomainEvent): event is TargetServiceEvent =>
  event.type.startsWith('TargetService');
export const isDetectionSettingsEvent = (event: DomainEvent): event is DetectionSettingsEvent =>
  event.type === 'DetectionSettingsChanged';
export const isAlertHandlingEvent = (event: DomainEvent): event is AlertHandlingEvent => event.type.startsWith('Alert');
export const isSubscriptionEvent = (event: DomainEvent): event is SubscriptionEvent =>
  event.type.startsWith('Subscription');
export const isRedemptionEvent = (event: DomainEvent): event is RedemptionEvent =>
  event.type === 'CodeRedeemed' || event.type === 'UsesReserved' || event.type === 'UseNoted';
